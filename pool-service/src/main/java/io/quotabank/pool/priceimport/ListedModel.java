package io.quotabank.pool.priceimport;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.util.List;
import java.util.OptionalLong;

/**
 * A row that could be sold from.
 *
 * @param key as the file names it
 * @param provider by our name
 * @param name as that provider names the model
 * @param mode what it is for
 * @param price in US dollars per million tokens, exactly as the file has it
 * @param inputTokens the longest input, where the file tells it
 * @param outputTokens the longest output, where the file tells it; 0 of an embedding
 * @param notTaken prices of the row that no class of ours stands for
 */
record ListedModel(
        String key,
        String provider,
        String name,
        Mode mode,
        Price price,
        OptionalLong inputTokens,
        OptionalLong outputTokens,
        boolean seesImages,
        List<String> notTaken) {

    ListedModel {
        notTaken = List.copyOf(notTaken);
    }
}
