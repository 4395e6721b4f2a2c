package io.quotabank.risk.burst;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param window how far back calls count, in whole minutes, by the times of the events
 * @param keys how many keys of a host have to fail, each at least once
 * @param failures how many calls to it have to fail
 * @param share which part of all calls to it these have to be
 * @param repeatAfter when a burst that goes on is told of again
 */
@Validated
@ConfigurationProperties("quotabank.burst")
record BurstProperties(
        @DefaultValue("5m") @DurationMin(minutes = 1) Duration window,
        @DefaultValue("3") @Min(2) int keys,
        @DefaultValue("10") @Min(1) int failures,

        @DefaultValue("0.5") @DecimalMin("0.01") @DecimalMax("1")
        double share,

        @DefaultValue("15m") Duration repeatAfter) {}
