package io.quotabank.gateway.api;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JCircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.Buildable;
import org.springframework.cloud.gateway.route.builder.PredicateSpec;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

@Configuration(proxyBeanMethods = false)
class RouteConfiguration {

    private static final int TRIES_ELSEWHERE = 2;

    /** Only what is listed here is public; {@code /internal} and {@code /actuator} of a service have no route. */
    @Bean
    RouteLocator routes(RouteLocatorBuilder routes) {
        return routes.routes()
                .route("access-keys", to("proxy-service", "/api/access-keys", "/api/access-keys/**"))
                .route("usage", to("usage-log", "/api/usage", "/api/usage/**"))
                .route("pool", to("pool-service", "/api/pool/**"))
                .route("catalog", to("pool-service", "/api/catalog/**"))
                .route("credits", to("ledger-service", "/api/credits/**"))
                .route("payment", to("ledger-service", "/api/payment/**"))
                .route("ledger", to("ledger-service", "/api/ledger/**"))
                .route("risk", to("risk-service", "/api/risk/**"))
                .build();
    }

    /**
     * A request whose instance can't be connected to is tried at the next one: nothing of it has been sent, whatever it is.
     * Nothing else is repeated, and a service that keeps failing is left alone for a while.
     */
    @SuppressWarnings("unchecked") // Two classes are what the varargs of generic type take, and nothing else.
    private static Function<PredicateSpec, Buildable<Route>> to(String service, String... paths) {
        return route -> route.path(paths)
                .filters(filters -> filters.circuitBreaker(breaker -> breaker.setName(service))
                        .retry(retry -> retry.setRetries(TRIES_ELSEWHERE)
                                .setMethods(HttpMethod.values())
                                .setSeries()
                                .setExceptions(ConnectException.class, UnknownHostException.class)))
                .uri("lb://" + service);
    }

    @Bean
    Customizer<ReactiveResilience4JCircuitBreakerFactory> breakers(ApiProperties properties) {
        var breaker = CircuitBreakerConfig.custom()
                .slidingWindowSize(50)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(60)
                .waitDurationInOpenState(Duration.ofSeconds(1))
                .build();
        var limit = TimeLimiterConfig.custom()
                .timeoutDuration(properties.timeLimit())
                .build();
        return factory -> factory.configure(
                builder -> builder.circuitBreakerConfig(breaker)
                        .timeLimiterConfig(limit)
                        .build(),
                "proxy-service",
                "usage-log",
                "pool-service",
                "ledger-service",
                "risk-service");
    }

    @Bean
    CorsWebFilter corsFilter(ApiProperties properties) {
        var allowed = new CorsConfiguration();
        allowed.setAllowedOrigins(properties.corsOrigins());
        allowed.addAllowedMethod(CorsConfiguration.ALL);
        allowed.addAllowedHeader(CorsConfiguration.ALL);
        allowed.addExposedHeader("x-request-id");
        allowed.setMaxAge(Duration.ofHours(1));
        var source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/api/**", allowed);
        return new OrderedCorsFilter(source);
    }
}
