package io.quotabank.risk.balance;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param every how often the balance of each key in use is asked for
 * @param beyondBasisPoints by how much a balance may fall beyond what the platform used, in basis points of that
 * @param toleranceUsd and by how much besides, in US dollars: providers round what they tell
 * @param settle how long after a sample its judgement waits for the records of what had been used by then
 * @param again how long it waits again while some of these are missing
 * @param anchorFor how old the older of the two samples gets that a new one is compared with
 * @param untoldEvery how often a key is asked again whose provider tells no balance
 * @param concurrency how many keys are asked about at once, by each instance
 * @param claimFor how long an instance that asks has a key to itself
 * @param forms how providers tell a balance; others are asked in DeepSeek's way, unless a key is used at the provider's
 *     own address: then not at all
 * @param cnyPerUsd what a US dollar is in yuan; the same as pool-service's
 */
@Validated
@ConfigurationProperties("quotabank.balance")
record BalanceProperties(
        @DefaultValue("5m") @DurationMin(seconds = 1) Duration every,
        @DefaultValue("1500") @Min(0) @Max(100_000) int beyondBasisPoints,

        @DefaultValue("0.01") @DecimalMin("0") @DecimalMax("1000")
        BigDecimal toleranceUsd,

        @DefaultValue("60s") @DurationMin(seconds = 1) Duration settle,
        @DefaultValue("5s") @DurationMin(millis = 100) Duration again,
        @DefaultValue("24h") Duration anchorFor,
        @DefaultValue("24h") @DurationMin(seconds = 1) Duration untoldEvery,
        @DefaultValue("8") @Min(1) @Max(100) int concurrency,
        @DefaultValue("60s") @DurationMin(seconds = 30) Duration claimFor,
        @DefaultValue Map<String, BalanceForm> forms,

        @DefaultValue("7.1") @DecimalMin("0.01") @DecimalMax("1000")
        BigDecimal cnyPerUsd) {

    private static final Map<String, BalanceForm> FORMS =
            Map.of("deepseek", BalanceForm.DEEPSEEK, "moonshot", BalanceForm.MOONSHOT);

    BalanceProperties {
        forms = forms.isEmpty() ? FORMS : Map.copyOf(forms);
    }

    BalanceForm form(String provider) {
        return forms.getOrDefault(provider, BalanceForm.NONE);
    }

    Credits tolerance() {
        return Usd.credits(toleranceUsd);
    }
}
