package io.quotabank.gateway.api;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import java.util.Map;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The gateway's own pages, open to everyone. */
@Configuration(proxyBeanMethods = false)
class PageConfiguration {

    private static final Map<String, String> FRONT = Map.of(
            "name", "Quotabank",
            "what", "One OpenAI-compatible endpoint over many deposited keys, metered and settled in credits.",
            "chat", "/v1/chat/completions",
            "models", "/v1/models",
            "balance", "/api/credits/balance");

    /** Health here is only whether this process serves, for whoever balances; more is told on the management port. */
    @Bean
    RouterFunction<ServerResponse> pages(ApplicationAvailability availability) {
        return route(GET("/"), request -> ServerResponse.ok().bodyValue(FRONT))
                .andRoute(
                        GET("/health"),
                        request -> serves(availability)
                                ? ServerResponse.ok().bodyValue(Map.of("status", "UP"))
                                : ServerResponse.status(503).bodyValue(Map.of("status", "DOWN")));
    }

    private static boolean serves(ApplicationAvailability availability) {
        return availability.getLivenessState() == LivenessState.CORRECT
                && availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
    }
}
