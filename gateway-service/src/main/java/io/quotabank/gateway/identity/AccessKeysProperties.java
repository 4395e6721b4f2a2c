package io.quotabank.gateway.identity;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the gateway remembers access keys.
 *
 * @param remembered the most keys remembered; the least used ones are asked for again
 * @param confirmAfter age at which a remembered key must be confirmed by proxy-service before it is used; from half of
 *     this age it is confirmed while it is used. Bounds how late a revocation is noticed without Kafka
 * @param staleFor how long a remembered key keeps working while proxy-service can't confirm it
 * @param unknownFor how long a key that proxy-service did not know is refused without asking again
 * @param askAtOnce the most questions under way; a further unknown key gets 503
 * @param timeLimit the most that one question may take
 */
@Validated
@ConfigurationProperties("quotabank.gateway.access-keys")
record AccessKeysProperties(
        @DefaultValue("100000") @Min(1) @Max(10_000_000) int remembered,

        @DefaultValue("60s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration confirmAfter,

        @DefaultValue("10m") @DurationMin(seconds = 0) @DurationMax(hours = 24)
        Duration staleFor,

        @DefaultValue("10s") @DurationMin(seconds = 0) @DurationMax(minutes = 5)
        Duration unknownFor,

        @DefaultValue("200") @Min(1) @Max(10_000) int askAtOnce,

        @DefaultValue("2s") @DurationMin(millis = 50) @DurationMax(seconds = 30)
        Duration timeLimit) {}
