package io.quotabank.gateway.api;

import io.quotabank.gateway.identity.Identity;
import io.quotabank.gateway.identity.Verdict;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.web.RequestId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Nobody reaches a route of {@code /api} without being known, but payment providers where they notify. The caller's
 * credentials end here: the services behind get an internal token, and none of the headers that only we may set.
 */
@Component
class CallerFilter implements WebFilter, Ordered {

    // An access key is for calling models; in /api it may look at what that cost, and at nothing else.
    private static final List<String> OPEN_TO_ACCESS_KEYS =
            List.of("/api/usage", "/api/credits/balance", "/api/credits/history");

    // What other applications book with people's credits. What people do for themselves is not for them.
    private static final List<String> OPEN_TO_APPLICATIONS = List.of("/api/credits", "/api/ledger/splits");

    // The books as a whole: most people may not look at them either.
    private static final List<String> OF_ADMINISTRATORS = List.of("/api/ledger");

    // Payment providers have no token: what they send is theirs by their own signature, which ledger-service verifies.
    private static final Set<String> OPEN_TO_PAYMENT_PROVIDERS =
            Set.of("/api/payment/callback/alipay", "/api/payment/callback/stripe", "/api/payment/callback/wechat");

    private static final Refusal NOT_FOR_KEYS =
            Refusal.forbidden("An access key can't be used here. Sign in and use that token.");
    private static final Refusal NOT_FOR_APPLICATIONS = Refusal.forbidden("This is for people, not for applications.");
    private static final Refusal FOR_ADMINISTRATORS =
            Refusal.forbidden("This is for administrators, not for applications.");
    private static final List<String> OURS = List.of("x-quotabank-", "x-forwarded-", "proxy-");

    private final Identity identity;
    private final Problems problems;
    private final InternalTokens tokens;

    CallerFilter(Identity identity, Problems problems, InternalTokens tokens) {
        this.identity = identity;
        this.problems = problems;
        this.tokens = tokens;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        var headers = exchange.getResponse().getHeaders();
        var requestId = exchange.getRequest().getHeaders().getFirst(RequestId.HEADER);
        if (requestId != null) {
            headers.set(RequestId.HEADER, requestId);
        }
        if (!exchange.getRequest().getURI().getRawPath().startsWith("/api/")) {
            return chain.filter(exchange);
        }
        SecurityHeaders.add(headers);
        if (fromPaymentProvider(exchange)) {
            return chain.filter(onBehalfOf("Bearer " + tokens.forThisService(), exchange));
        }
        var authorization = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        return Mono.fromFuture(identity.identify(authorization), true).flatMap(verdict -> switch (verdict) {
            case Verdict.Refused(Refusal refusal) -> problems.write(exchange, refusal);
            case Verdict.Known known -> {
                var refusal = refusal(known, exchange);
                yield refusal == null
                        ? chain.filter(onBehalfOf(known.authorization(), exchange))
                        : problems.write(exchange, refusal);
            }
        });
    }

    private static boolean fromPaymentProvider(ServerWebExchange exchange) {
        return exchange.getRequest().getMethod().equals(HttpMethod.POST)
                && OPEN_TO_PAYMENT_PROVIDERS.contains(
                        exchange.getRequest().getURI().getRawPath());
    }

    private static @Nullable Refusal refusal(Verdict.Known known, ServerWebExchange exchange) {
        if (known.application()) {
            return below(OPEN_TO_APPLICATIONS, exchange)
                    ? null
                    : below(OF_ADMINISTRATORS, exchange) ? FOR_ADMINISTRATORS : NOT_FOR_APPLICATIONS;
        }
        boolean looks = exchange.getRequest().getMethod().equals(HttpMethod.GET);
        return known.signedIn() || (looks && below(OPEN_TO_ACCESS_KEYS, exchange)) ? null : NOT_FOR_KEYS;
    }

    private static boolean below(List<String> paths, ServerWebExchange exchange) {
        var path = exchange.getRequest().getURI().getRawPath();
        return paths.stream().anyMatch(open -> path.equals(open) || path.startsWith(open + "/"));
    }

    private static ServerWebExchange onBehalfOf(String authorization, ServerWebExchange exchange) {
        return exchange.mutate()
                .request(request -> request.headers(headers -> {
                    List.copyOf(headers.headerNames()).stream()
                            .filter(CallerFilter::ours)
                            .forEach(headers::remove);
                    headers.remove(HttpHeaders.COOKIE);
                    headers.set(HttpHeaders.AUTHORIZATION, authorization);
                }))
                .build();
    }

    private static boolean ours(String header) {
        var name = header.toLowerCase(Locale.ROOT);
        return name.equals("forwarded") || OURS.stream().anyMatch(name::startsWith);
    }

    @Override
    public int getOrder() {
        return OrderedCorsFilter.ORDER + 1;
    }
}
