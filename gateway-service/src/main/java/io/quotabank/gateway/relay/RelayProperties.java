package io.quotabank.gateway.relay;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The relay of {@code /v1} and {@code /api/v1/proxy}.
 *
 * @param service the discovered service that requests go to
 * @param bodyLimit the largest request body; a larger one is refused with 413
 * @param gather bodies up to this size are sent in one piece, and only once they are whole
 * @param inFlight the most requests under way; a further one is refused with 503
 * @param connectTimeout the most that opening a connection may take
 * @param timeLimit the longest request, streams included; above proxy-service's own limit, so that its answer is told
 * @param keepIdle how long an unused connection is kept; below proxy-service's own, so that it closes none under us
 * @param outFor how long an instance that could not be reached is passed over
 * @param drain how long a shutdown waits for requests under way
 * @param publicModels how many times a minute one address may list models without credentials; 0 for never
 */
@Validated
@ConfigurationProperties("quotabank.gateway.relay")
public record RelayProperties(
        @DefaultValue("proxy-service") @NotBlank String service,
        @DefaultValue("10MB") DataSize bodyLimit,
        @DefaultValue("64KB") DataSize gather,
        @DefaultValue("10000") @Min(1) @Max(1_000_000) int inFlight,

        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(seconds = 30)
        Duration connectTimeout,

        @DefaultValue("11m") @DurationMin(millis = 100) @DurationMax(hours = 1)
        Duration timeLimit,

        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration keepIdle,

        @DefaultValue("1s") @DurationMin(millis = 1) @DurationMax(minutes = 5)
        Duration outFor,

        @DefaultValue("8s") @DurationMin(millis = 0) @DurationMax(minutes = 15)
        Duration drain,

        @DefaultValue("60") @Min(0) @Max(100_000) int publicModels) {}
