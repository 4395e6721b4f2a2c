package io.quotabank.gateway.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The realm's public keys, kept for as long as Keycloak is away. A token with an unknown key id makes them be fetched
 * again, at most once a second, so that invented ids cost Keycloak nothing.
 */
@Component
class SigningKeys {

    /** Nobody can say whether a token is genuine: Keycloak is away and its key is not among those we have. */
    static final class UnavailableException extends RuntimeException {
        UnavailableException() {
            super("the realm's keys can't be fetched", null, false, false);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
    private static final Duration TIME_LIMIT = Duration.ofSeconds(2);
    private static final long UNKNOWN_ID_EVERY_MS = 1_000;
    private static final long RETRY_EVERY_MS = 1_000;

    private final WebClient web = WebClient.create();
    private final URI address;
    private final long keysForMs;
    private final Clock clock;

    private volatile @Nullable JWKSet keys;
    private volatile long fetchedAtMs;
    private volatile long failedAtMs;
    private @Nullable CompletableFuture<JWKSet> fetching;

    SigningKeys(PeopleProperties properties, Clock clock) {
        this.address = properties.keysAt();
        this.keysForMs = properties.keysFor().toMillis();
        this.clock = clock;
    }

    boolean known() {
        return keys != null;
    }

    /** The key that signed this token; none when the realm has no such key. */
    Flux<JWK> of(SignedJWT token) {
        var id = token.getHeader().getKeyID();
        if (id == null) {
            return Flux.empty();
        }
        var current = keys;
        var key = current == null ? null : current.getKeyByKeyId(id);
        if (key != null) {
            return Flux.just(key);
        }
        long now = clock.millis();
        if (now - failedAtMs < RETRY_EVERY_MS) {
            return Flux.error(new UnavailableException());
        }
        if (current != null && failedAtMs <= fetchedAtMs && now - fetchedAtMs < UNKNOWN_ID_EVERY_MS) {
            return Flux.empty();
        }
        return Flux.defer(() -> Mono.fromFuture(fetch(), true)
                .mapNotNull(fetched -> fetched.getKeyByKeyId(id))
                .onErrorMap(failure -> new UnavailableException())
                .flux());
    }

    @Scheduled(fixedDelay = 1_000)
    void keepFresh() {
        if (keys == null || clock.millis() - fetchedAtMs > keysForMs) {
            // A failure is logged, and the next round tries again.
            var _ = fetch();
        }
    }

    private synchronized CompletableFuture<JWKSet> fetch() {
        var current = fetching;
        if (current == null || current.isDone()) {
            current = web.get()
                    .uri(address)
                    .retrieve()
                    .bodyToMono(String.class)
                    .timeout(TIME_LIMIT)
                    .map(SigningKeys::parse)
                    .doOnNext(this::fetched)
                    .doOnError(this::failed)
                    .toFuture();
            fetching = current;
        }
        return current;
    }

    private void fetched(JWKSet set) {
        if (keys == null || failedAtMs > fetchedAtMs) {
            log.info("have {} keys of the realm at {}", set.size(), address);
        }
        keys = set;
        fetchedAtMs = clock.millis();
    }

    private void failed(Throwable failure) {
        if (failedAtMs <= fetchedAtMs) {
            log.warn("can't fetch the realm's keys from {}: {}", address, failure.toString());
        }
        failedAtMs = clock.millis();
    }

    private static JWKSet parse(String json) {
        try {
            return JWKSet.parse(json).toPublicJWKSet();
        } catch (ParseException malformed) {
            throw new IllegalStateException("not a JWK set", malformed);
        }
    }
}
