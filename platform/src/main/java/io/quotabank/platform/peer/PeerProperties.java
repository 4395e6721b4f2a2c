package io.quotabank.platform.peer;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param lookEvery how often each instance of a service that has several is asked whether it takes requests
 * @param timeLimit the most that an answer may take; one that is late changes nothing
 */
@Validated
@ConfigurationProperties("quotabank.peer")
record PeerProperties(
        @DefaultValue("500ms") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration lookEvery,

        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration timeLimit) {}
