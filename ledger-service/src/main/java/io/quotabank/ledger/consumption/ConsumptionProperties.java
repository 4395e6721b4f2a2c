package io.quotabank.ledger.consumption;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param most the most credits of one consumption; more is refused
 */
@Validated
@ConfigurationProperties("quotabank.consumption")
record ConsumptionProperties(
        @DefaultValue("100000000") @Min(1) @Max(1_000_000_000_000L)
        long most) {}
