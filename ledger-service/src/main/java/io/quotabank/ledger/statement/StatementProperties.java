package io.quotabank.ledger.statement;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param mostEntries of a statement; a period with more is refused
 * @param mostCounted entries that statistics add up; a period with more is refused
 * @param longest period; a longer one is refused
 * @param page entries that are read at a time
 */
@Validated
@ConfigurationProperties("quotabank.statement")
record StatementProperties(
        @DefaultValue("100000") @Min(1) @Max(1_000_000) int mostEntries,

        @DefaultValue("1000000") @Min(1) @Max(10_000_000) int mostCounted,

        @DefaultValue("1100d") Duration longest,
        @DefaultValue("1000") @Min(1) @Max(10_000) int page) {}
