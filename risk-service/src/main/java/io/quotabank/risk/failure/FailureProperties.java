package io.quotabank.risk.failure;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param window how far back failures count, by the times of the events
 * @param toCool how many failures in a row, within the window, cool a key down
 * @param toFlag how many leave it to a person
 * @param pause failures beyond those for a cool-down count only so long after the one before: calls that run side by
 *     side fail for one reason
 * @param coolDown how long a key is left alone at first; doubled by each further failure
 * @param repeatAfter when the same refusal is told of again, where the key has not served meanwhile
 */
@Validated
@ConfigurationProperties("quotabank.failure")
record FailureProperties(
        @DefaultValue("10m") @DurationMin(seconds = 1) Duration window,
        @DefaultValue("5") @Min(1) @Max(100) int toCool,
        @DefaultValue("10") @Min(1) @Max(100) int toFlag,
        @DefaultValue("10s") Duration pause,
        @DefaultValue("10s") @DurationMin(seconds = 1) Duration coolDown,
        @DefaultValue("5m") Duration repeatAfter) {

    private static final int MOST_DOUBLINGS = 16;

    FailureProperties {
        if (toFlag <= toCool) {
            throw new IllegalArgumentException("a key cools down before it is flagged");
        }
    }

    /** @param failures at least {@code toCool}, below {@code toFlag} */
    Duration coolDownAfter(int failures) {
        return coolDown.multipliedBy(1L << Math.min(failures - toCool, MOST_DOUBLINGS));
    }
}
