package io.quotabank.proxy.presence;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** @param lookEvery how often the connections of running requests are looked at */
@Validated
@ConfigurationProperties("quotabank.presence")
record PresenceProperties(
        @DefaultValue("250ms") @DurationMin(millis = 10) Duration lookEvery) {}
