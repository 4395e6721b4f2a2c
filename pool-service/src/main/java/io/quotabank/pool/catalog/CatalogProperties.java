package io.quotabank.pool.catalog;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.validation.annotation.Validated;

/**
 * @param file the catalogue of models, providers and list prices; a changed file makes a new price version at start
 * @param markup what a use costs by tier, in basis points of its list price; below 10,000 is refused at start
 * @param cnyPerUsd what a US dollar is in yuan, for balances that providers tell in yuan
 * @param maxModels the longest price table; a longer one is refused
 */
@Validated
@ConfigurationProperties("quotabank.catalog")
record CatalogProperties(
        @DefaultValue("classpath:catalog.json") Resource file,
        @DefaultValue Map<String, Integer> markup,

        @DefaultValue("7.1") @DecimalMin("0.01") @DecimalMax("1000")
        BigDecimal cnyPerUsd,

        @DefaultValue("2000") @Min(1) @Max(10_000) int maxModels) {

    private static final Map<String, Integer> MARKUP = Map.of("bronze", 13_000, "silver", 12_000, "gold", 11_500);

    CatalogProperties {
        markup = markup.isEmpty() ? MARKUP : Map.copyOf(markup);
    }
}
