package io.quotabank.ledger.earnings;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param every how often gathered earnings are brought to their owners: the longer, the fewer rows and entries for them
 * @param batch the most gathering accounts emptied in one transaction
 */
@Validated
@ConfigurationProperties("quotabank.earnings")
record EarningsProperties(
        @DefaultValue("10s") Duration every,
        @DefaultValue("500") @Min(1) @Max(10_000) int batch) {}
