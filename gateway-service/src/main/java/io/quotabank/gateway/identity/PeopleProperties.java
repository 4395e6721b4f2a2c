package io.quotabank.gateway.identity;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How people's tokens are verified.
 *
 * @param issuerUri address of Keycloak's realm: the {@code iss} that tokens must carry
 * @param jwksUri where the realm's public keys are; by default below the issuer, where Keycloak has them
 * @param audience what {@code aud} must contain
 * @param keysFor how long fetched keys are used before they are fetched again; kept for as long as that fails
 * @param clockSkew how far Keycloak's clock may be from ours
 * @param rememberedTokens the most verified tokens remembered; the least used ones are verified again
 */
@Validated
@ConfigurationProperties("quotabank.gateway")
record PeopleProperties(
        @NotNull URI issuerUri,
        @Nullable URI jwksUri,
        @DefaultValue("quotabank") @NotBlank String audience,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(hours = 24)
        Duration keysFor,

        @DefaultValue("5s") @DurationMin(seconds = 0) @DurationMax(minutes = 2)
        Duration clockSkew,

        @DefaultValue("20000") @Min(1) @Max(1_000_000) int rememberedTokens) {

    URI keysAt() {
        return jwksUri != null ? jwksUri : URI.create(issuerUri + "/protocol/openid-connect/certs");
    }
}
