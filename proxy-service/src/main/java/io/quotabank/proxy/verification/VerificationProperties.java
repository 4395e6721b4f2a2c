package io.quotabank.proxy.verification;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param callLimit the longest time for one call of a verification
 * @param mostModels the most models that one verification may name; more is refused
 */
@Validated
@ConfigurationProperties("quotabank.verification")
record VerificationProperties(
        @DefaultValue("15s") Duration callLimit,
        @DefaultValue("50") @Min(1) int mostModels) {}
