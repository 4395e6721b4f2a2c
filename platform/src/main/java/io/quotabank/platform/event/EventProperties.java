package io.quotabank.platform.event;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param partitions of a topic that is not compacted
 * @param replicas of each topic
 * @param resubmitEvery how often events that could not be sent are sent again
 * @param staleAfter how long an event may be on its way before it is taken as not sent; longer than the producer tries
 * @param resubmitBatch the most sent again at once
 */
@Validated
@ConfigurationProperties("quotabank.kafka")
record EventProperties(
        @DefaultValue("12") @Min(1) @Max(1_000) int partitions,
        @DefaultValue("1") @Min(1) @Max(9) short replicas,

        @DefaultValue("3s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration resubmitEvery,

        @DefaultValue("30s") @DurationMin(seconds = 15) @DurationMax(minutes = 30)
        Duration staleAfter,

        @DefaultValue("200") @Min(1) @Max(10_000) int resubmitBatch) {}
