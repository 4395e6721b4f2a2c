package io.quotabank.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.gateway.identity.Verdict.Known;
import io.quotabank.gateway.identity.Verdict.Refused;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.InternalTokens;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * People, and applications that sign in for themselves, by their Keycloak tokens. A verdict is remembered by the token's
 * text until the token ends.
 */
@Component
class People {

    private static final Set<String> ROLES = Set.of("user", "admin", "auditor", "service");

    private static final Verdict FORGED = new Refused(Refusal.unauthenticated("The token is not valid here."));
    private static final Verdict EXPIRED = new Refused(Refusal.unauthenticated("The token has expired."));
    private static final Verdict UNDECIDED =
            new Refused(Refusal.unavailable("The token can't be checked right now.", 2));

    private record Remembered(CompletableFuture<Verdict> verdict, Instant until) {}

    private final NimbusReactiveJwtDecoder decoder;
    private final InternalTokens tokens;
    private final Clock clock;
    private final Cache<String, Remembered> remembered;

    People(SigningKeys keys, InternalTokens tokens, Clock clock, PeopleProperties properties) {
        this.tokens = tokens;
        this.clock = clock;
        this.remembered =
                Caffeine.newBuilder().maximumSize(properties.rememberedTokens()).build();
        this.decoder = NimbusReactiveJwtDecoder.withJwkSource(keys::of)
                .jwsAlgorithm(SignatureAlgorithm.RS256)
                .build();
        decoder.setJwtValidator(validator(properties, clock));
    }

    CompletableFuture<Verdict> identify(String token) {
        var known = remembered.getIfPresent(token);
        if (known != null) {
            if (clock.instant().isBefore(known.until())) {
                return known.verdict();
            }
            remembered.invalidate(token);
        }
        return decoder.decode(token)
                .map(jwt -> accept(token, jwt))
                .onErrorResume(failure -> Mono.just(refusal(failure)))
                .toFuture();
    }

    private Verdict accept(String token, Jwt jwt) {
        var verdict = new Known(caller(jwt), tokens);
        var until = jwt.getExpiresAt();
        if (until != null) {
            remembered.put(token, new Remembered(CompletableFuture.completedFuture(verdict), until));
        }
        return verdict;
    }

    private static Caller caller(Jwt jwt) {
        // A person's subject is a UUID; anything else could pass for the name of a service.
        var subject = UUID.fromString(jwt.getSubject()).toString();
        boolean phone = Boolean.TRUE.equals(jwt.getClaim("phone_number_verified"));
        return new Caller(subject, roles(jwt), null, List.of(), name(jwt), jwt.getClaimAsString("email"), null, phone);
    }

    private static Set<String> roles(Jwt jwt) {
        var roles = new HashSet<String>();
        if (jwt.getClaims().get("realm_access") instanceof Map<?, ?> access
                && access.get("roles") instanceof Collection<?> named) {
            named.forEach(role -> roles.add(String.valueOf(role)));
        }
        roles.retainAll(ROLES);
        // An application is that alone: the realm gives everyone the role of a person, and somebody might add another.
        return roles.contains(Caller.SERVICE) ? Set.of(Caller.SERVICE) : roles;
    }

    private static @Nullable String name(Jwt jwt) {
        var name = jwt.getClaimAsString("name");
        return name != null ? name : jwt.getClaimAsString("preferred_username");
    }

    // Anything that is wrong with a token is its bearer's fault, except that nobody could look.
    private static Verdict refusal(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SigningKeys.UnavailableException) {
                return UNDECIDED;
            }
        }
        return failure instanceof JwtValidationException invalid && expired(invalid) ? EXPIRED : FORGED;
    }

    private static boolean expired(JwtValidationException invalid) {
        return invalid.getErrors().stream()
                .allMatch(error -> String.valueOf(error.getDescription()).startsWith("Jwt expired"));
    }

    private static OAuth2TokenValidator<Jwt> validator(PeopleProperties properties, Clock clock) {
        var time = new JwtTimestampValidator(properties.clockSkew());
        time.setClock(clock);
        time.setAllowEmptyExpiryClaim(false);
        return new DelegatingOAuth2TokenValidator<>(
                time,
                new JwtIssuerValidator(properties.issuerUri().toString()),
                new JwtAudienceValidator(properties.audience()));
    }
}
