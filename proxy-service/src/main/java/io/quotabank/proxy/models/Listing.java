package io.quotabank.proxy.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.proxy.catalog.PricedModel;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** OpenAI's list and Anthropic's page in one, whatever its entries are. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Listing<T>(
        String object,
        List<T> data,
        @JsonProperty("has_more") boolean hasMore,
        @JsonProperty("first_id") @Nullable String firstId,
        @JsonProperty("last_id") @Nullable String lastId,
        @Nullable List<CodexModel> models) {

    static <T> Listing<T> of(List<PricedModel> models, Function<PricedModel, T> entry) {
        var first = models.isEmpty() ? null : models.getFirst().model().name();
        var last = models.isEmpty() ? null : models.getLast().model().name();
        return new Listing<>("list", models.stream().map(entry).toList(), false, first, last, null);
    }

    Listing<T> with(List<CodexModel> codex) {
        return new Listing<>(object, data, hasMore, firstId, lastId, codex);
    }
}
