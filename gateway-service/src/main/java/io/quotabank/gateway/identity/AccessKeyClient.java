package io.quotabank.gateway.identity;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.platform.identity.InternalTokens;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Asks proxy-service for an access key by its hash. */
@Component
class AccessKeyClient {

    private static final Logger log = LoggerFactory.getLogger(AccessKeyClient.class);
    private static final String LOOKUP = "http://proxy-service/internal/access-keys/lookup";

    private static final String NOBODYS = "0".repeat(64);
    private static final int WARM_UP_TRIES = 2;

    private final WebClient web;
    private final InternalTokens tokens;
    private final Duration timeLimit;
    private final CircuitBreaker breaker;

    AccessKeyClient(
            ReactorLoadBalancerExchangeFilterFunction balancer,
            InternalTokens tokens,
            AccessKeysProperties properties) {
        this.web = WebClient.builder().filter(balancer).build();
        this.tokens = tokens;
        this.timeLimit = properties.timeLimit();
        this.breaker = CircuitBreaker.of(
                "access-keys",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(20)
                        .minimumNumberOfCalls(5)
                        .waitDurationInOpenState(Duration.ofSeconds(1))
                        // Questions are bounded as it is: after an outage none is refused for coming beside others.
                        .permittedNumberOfCallsInHalfOpenState(properties.askAtOnce())
                        .build());
    }

    /** Empty: no such key. Fails when nobody can say, within the time limit. */
    Mono<Optional<AccessKeyRecord>> lookup(String hash) {
        return ask(hash).transformDeferred(CircuitBreakerOperator.of(breaker));
    }

    private Mono<Optional<AccessKeyRecord>> ask(String hash) {
        return web.post()
                .uri(LOOKUP)
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + tokens.forThisService())
                .bodyValue(Map.of("hash", hash))
                .exchangeToMono(AccessKeyClient::read)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("an answer without a body")))
                // A question changes nothing: it is asked again where an instance can't be reached, or a kept
                // connection is gone.
                .retryWhen(Retry.max(1).filter(WebClientRequestException.class::isInstance))
                .timeout(timeLimit)
                // Not around the breaker: while that is open nothing new is to be said.
                .doOnError(failure -> log.warn("an access key can't be checked: {}", failure.toString()));
    }

    /**
     * Asks for a key that does not exist, until there is an answer or it is in vain. The first question of a process takes
     * long, all its classes are loaded then: better before anybody is sent here than within somebody's request. What
     * fails here is not held against later questions.
     */
    void warmUp() {
        Mono.defer(() -> ask(NOBODYS))
                .retry(WARM_UP_TRIES)
                .onErrorComplete()
                .block(timeLimit.multipliedBy(WARM_UP_TRIES + 2));
    }

    private static Mono<Optional<AccessKeyRecord>> read(ClientResponse response) {
        if (response.statusCode().isSameCodeAs(HttpStatus.OK)) {
            return response.bodyToMono(AccessKeyRecord.class).map(Optional::of);
        }
        if (response.statusCode().isSameCodeAs(HttpStatus.NOT_FOUND)) {
            return response.releaseBody().thenReturn(Optional.empty());
        }
        return response.createError();
    }
}
