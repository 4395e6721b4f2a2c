package io.quotabank.pool.key;

import io.quotabank.contracts.money.Credits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param lowBelowCredits a key with less list-price quota than this is low: 10 US dollars
 * @param tellEvery how often, at most, routers are told again what is left of a key's quota
 * @param tellBatch the most keys told of at once
 * @param pageSize the longest page of keys or audit records
 */
@Validated
@ConfigurationProperties("quotabank.key")
record KeyProperties(
        @DefaultValue("1000") @Min(0) long lowBelowCredits,
        @DefaultValue("1s") Duration tellEvery,
        @DefaultValue("500") @Min(1) @Max(10_000) int tellBatch,
        @DefaultValue("100") @Min(1) @Max(1_000) int pageSize) {

    Credits lowBelow() {
        return Credits.of(lowBelowCredits);
    }
}
