package io.quotabank.pool.priceimport;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param providers our providers by the names that files have for them, where they differ
 * @param maxRows the longest file; a longer one is refused
 * @param keepFor how long an import that was not applied is kept
 */
@Validated
@ConfigurationProperties("quotabank.price-import")
record PriceImportProperties(
        @DefaultValue Map<String, String> providers,
        @DefaultValue("10000") @Min(1) @Max(100_000) int maxRows,

        @DefaultValue("7d") @DurationMin(minutes = 1) Duration keepFor) {

    private static final Map<String, String> PROVIDERS = Map.of("zai", "zhipu", "text-completion-openai", "openai");

    PriceImportProperties {
        providers = providers.isEmpty() ? PROVIDERS : Map.copyOf(providers);
    }
}
