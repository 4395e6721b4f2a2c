package io.quotabank.pool.deposit;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param ownerBasisPoints the owner's part of what a consignment key earns, in basis points; the rest is the platform's
 * @param maxModels the most models of one deposit
 * @param maxVerifying the most deposits of one person that are verified at once
 */
@Validated
@ConfigurationProperties("quotabank.deposit")
record DepositProperties(
        @DefaultValue("9500") @Min(0) @Max(10_000) int ownerBasisPoints,
        @DefaultValue("50") @Min(1) @Max(100) int maxModels,
        @DefaultValue("20") @Min(1) @Max(1_000) int maxVerifying) {}
