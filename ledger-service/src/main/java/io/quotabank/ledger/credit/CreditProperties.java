package io.quotabank.ledger.credit;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param mostRecharged the most credits that one recharge books; more is refused
 * @param page entries of a page of history where the caller names no number
 * @param largestPage the most that a caller may name
 */
@Validated
@ConfigurationProperties("quotabank.credit")
record CreditProperties(
        @DefaultValue("100000000") @Min(1) @Max(1_000_000_000_000L)
        long mostRecharged,

        @DefaultValue("20") @Min(1) @Max(1_000) int page,
        @DefaultValue("100") @Min(1) @Max(1_000) int largestPage) {}
