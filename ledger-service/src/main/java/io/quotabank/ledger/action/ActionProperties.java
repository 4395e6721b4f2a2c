package io.quotabank.ledger.action;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param most how many actions may have a price at a time; one more is refused
 * @param mostCharged the highest price, in credits
 */
@Validated
@ConfigurationProperties("quotabank.action")
record ActionProperties(
        @DefaultValue("1000") @Min(1) @Max(10_000) int most,

        @DefaultValue("1000000") @Min(1) @Max(1_000_000_000_000L)
        long mostCharged) {}
