package io.quotabank.risk.finding;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** @param pageSize the longest page of findings */
@Validated
@ConfigurationProperties("quotabank.finding")
record FindingProperties(
        @DefaultValue("100") @Min(1) @Max(1_000) int pageSize) {}
