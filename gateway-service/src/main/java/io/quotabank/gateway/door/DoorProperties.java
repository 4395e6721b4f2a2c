package io.quotabank.gateway.door;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds of every connection.
 *
 * @param connections the most connections open at once; a further one is closed
 * @param headers the most header lines of a request; more is refused with 431
 * @param headerTimeout the most that a request's headers may take
 * @param bodyTimeout the most that a request's body may take, not counting when we don't read
 * @param idleTimeout how long a connection is kept open between requests
 * @param leavingIdle the same once this process leaves and has told everybody so
 * @param lingerTimeout how long what a client still sends is thrown away after a refusal, so that it can read that
 * @param bodyLimit the largest request body on paths that are not relayed
 * @param bodyLimits the same for single paths, with a larger one for price files
 */
@Validated
@ConfigurationProperties("quotabank.gateway.door")
record DoorProperties(
        @DefaultValue("20000") @Min(1) @Max(1_000_000) int connections,
        @DefaultValue("100") @Min(10) @Max(1_000) int headers,

        @DefaultValue("30s") @DurationMin(millis = 50) @DurationMax(minutes = 5)
        Duration headerTimeout,

        @DefaultValue("60s") @DurationMin(millis = 50) @DurationMax(minutes = 15)
        Duration bodyTimeout,

        @DefaultValue("75s") @DurationMin(millis = 50) @DurationMax(minutes = 15)
        Duration idleTimeout,

        @DefaultValue("2s") @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration leavingIdle,

        @DefaultValue("5s") @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration lingerTimeout,

        @DefaultValue("1MB") DataSize bodyLimit,
        @DefaultValue Map<String, DataSize> bodyLimits) {

    private static final Map<String, DataSize> LARGER = Map.of("/api/catalog/imports", DataSize.ofMegabytes(8));

    DoorProperties {
        bodyLimits = bodyLimits.isEmpty() ? LARGER : Map.copyOf(bodyLimits);
    }

    /** How often a connection looks at its clock, so that no request has to set a timer. */
    Duration tick() {
        var shortest = headerTimeout.compareTo(bodyTimeout) < 0 ? headerTimeout : bodyTimeout;
        shortest = shortest.compareTo(idleTimeout) < 0 ? shortest : idleTimeout;
        var tick = shortest.dividedBy(8);
        return tick.compareTo(Duration.ofSeconds(1)) > 0 ? Duration.ofSeconds(1) : tick;
    }
}
