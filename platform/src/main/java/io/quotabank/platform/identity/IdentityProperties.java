package io.quotabank.platform.identity;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param service this service's name, the issuer and key id of its tokens
 * @param privateKeyFile its Ed25519 private key as a JWK, {@code kid} the service's name
 * @param trustedKeysFile the public keys of all services as a JWK set
 * @param lifetime how long a token is good
 * @param verdicts the most verified tokens remembered; the least used ones are verified again
 */
@Validated
@ConfigurationProperties("quotabank.identity")
public record IdentityProperties(
        @NotBlank String service,
        @NotNull Path privateKeyFile,
        @NotNull Path trustedKeysFile,

        @DefaultValue("60s") @DurationMin(seconds = 2) @DurationMax(minutes = 10)
        Duration lifetime,

        @DefaultValue("50000") @Min(1) @Max(1_000_000) int verdicts) {}
