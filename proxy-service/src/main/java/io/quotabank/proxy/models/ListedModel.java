package io.quotabank.proxy.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.proxy.catalog.PricedModel;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model as OpenAI lists it, with the members by which OpenRouter's, New API's and Anthropic's clients know more.
 *
 * @param contextLength the most tokens of input and output together
 * @param supportedEndpointTypes New API's names of the protocols that it can be called by
 */
record ListedModel(
        String id,
        String object,
        long created,
        @JsonProperty("owned_by") String ownedBy,
        String name,
        @JsonProperty("display_name") String displayName,
        String type,
        @JsonProperty("created_at") String createdAt,
        @JsonProperty("context_length") long contextLength,
        Architecture architecture,
        Pricing pricing,
        @JsonProperty("top_provider") TopProvider topProvider,
        @JsonProperty("supported_parameters") List<String> supportedParameters,
        @JsonProperty("supported_endpoint_types") List<String> supportedEndpointTypes) {

    record Architecture(
            @JsonProperty("input_modalities") List<String> inputModalities,
            @JsonProperty("output_modalities") List<String> outputModalities,
            String tokenizer) {}

    /** List prices in US dollars a token, {@code request} a request, as exact decimals; "0" for what costs nothing. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Pricing(
            String prompt,
            String completion,
            String request,
            String image,
            @JsonProperty("input_cache_read") @Nullable String inputCacheRead,
            @JsonProperty("input_cache_write") @Nullable String inputCacheWrite) {}

    record TopProvider(
            @JsonProperty("context_length") long contextLength,

            @JsonProperty("max_completion_tokens") @Nullable Long maxCompletionTokens) {}

    // The catalogue knows no date of a model's making, and clients want one.
    static final long CREATED_S = 1_704_067_200;
    static final String CREATED_AT = "2024-01-01T00:00:00Z";

    private static final int PER_MILLION = 6;
    private static final List<String> OF_CHAT = List.of(
            "max_tokens",
            "temperature",
            "top_p",
            "stop",
            "frequency_penalty",
            "presence_penalty",
            "seed",
            "tools",
            "tool_choice",
            "response_format");
    private static final List<String> OF_COMPLETION = List.of(
            "max_tokens",
            "temperature",
            "top_p",
            "stop",
            "frequency_penalty",
            "presence_penalty",
            "seed",
            "logprobs",
            "echo",
            "suffix");
    private static final List<String> OF_EMBEDDING = List.of("dimensions", "encoding_format");

    static ListedModel of(PricedModel priced) {
        var model = priced.model();
        return new ListedModel(
                model.name(),
                "model",
                CREATED_S,
                model.ownedBy(),
                model.displayName(),
                model.displayName(),
                "model",
                CREATED_AT,
                model.contextTokens(),
                new Architecture(model.inputModalities(), output(model.mode()), model.tokenizer()),
                pricing(model.price()),
                new TopProvider(model.contextTokens(), model.maxOutputTokens() == 0 ? null : model.maxOutputTokens()),
                parameters(model.mode()),
                List.of(endpointType(model.mode())));
    }

    private static List<String> output(Mode mode) {
        return List.of(mode == Mode.EMBEDDING ? "embeddings" : "text");
    }

    private static Pricing pricing(CatalogRecord.Price price) {
        return new Pricing(
                perToken(price.input()),
                perToken(price.output()),
                price.perRequest() == null ? "0" : plain(price.perRequest()),
                "0",
                price.cacheRead() == null ? null : perToken(price.cacheRead()),
                price.cacheCreation() == null ? null : perToken(price.cacheCreation()));
    }

    private static String perToken(BigDecimal perMillion) {
        return plain(perMillion.movePointLeft(PER_MILLION));
    }

    private static String plain(BigDecimal price) {
        return price.signum() == 0 ? "0" : price.stripTrailingZeros().toPlainString();
    }

    private static List<String> parameters(Mode mode) {
        return switch (mode) {
            case CHAT -> OF_CHAT;
            case COMPLETION -> OF_COMPLETION;
            case EMBEDDING -> OF_EMBEDDING;
        };
    }

    private static String endpointType(Mode mode) {
        return switch (mode) {
            case CHAT -> "openai";
            case COMPLETION -> "completions";
            case EMBEDDING -> "embeddings";
        };
    }
}
