package io.quotabank.ledger.redemption;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param mostCodes of one batch
 * @param mostCredits of one code
 * @param triesAnHour codes that a person may try in an hour, good or bad
 */
@Validated
@ConfigurationProperties("quotabank.redemption")
record RedemptionProperties(
        @DefaultValue("10000") @Min(1) @Max(100_000) int mostCodes,

        @DefaultValue("100000") @Min(1) @Max(1_000_000_000L) long mostCredits,

        @DefaultValue("20") @Min(1) @Max(10_000) int triesAnHour) {}
