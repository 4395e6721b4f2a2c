package io.quotabank.proxy.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.proxy.catalog.PricedModel;
import java.util.List;

/**
 * A model as Codex wants it told ({@code ModelInfo} of its {@code protocol/src/openai_models.rs}, whose reader refuses
 * the list where a member without a default is missing). Claims nothing that the catalogue does not know.
 *
 * @param baseInstructions what Codex begins its prompt with in place of its own
 * @param priority the place in its list
 */
record CodexModel(
        String slug,
        @JsonProperty("display_name") String displayName,
        @JsonProperty("supported_reasoning_levels") List<String> supportedReasoningLevels,
        @JsonProperty("shell_type") String shellType,
        String visibility,
        @JsonProperty("supported_in_api") boolean supportedInApi,
        int priority,
        @JsonProperty("base_instructions") String baseInstructions,
        @JsonProperty("supports_reasoning_summaries") boolean supportsReasoningSummaries,
        @JsonProperty("support_verbosity") boolean supportVerbosity,
        @JsonProperty("truncation_policy") TruncationPolicy truncationPolicy,
        @JsonProperty("supports_parallel_tool_calls") boolean supportsParallelToolCalls,
        @JsonProperty("context_window") long contextWindow,
        @JsonProperty("experimental_supported_tools") List<String> experimentalSupportedTools,
        @JsonProperty("input_modalities") List<String> inputModalities) {

    /** How much of a tool's output is kept. */
    record TruncationPolicy(String mode, long limit) {}

    private static final TruncationPolicy TEN_KILOBYTES = new TruncationPolicy("bytes", 10_000);
    private static final String INSTRUCTIONS =
            "You are a coding agent in the Codex CLI, a terminal-based coding assistant on the user's computer.";
    // All that Codex knows of.
    private static final List<String> MODALITIES = List.of("text", "image");

    /** Those that can be talked to. */
    static List<CodexModel> chatsOf(List<PricedModel> models) {
        return models.stream()
                .filter(model -> model.model().mode() == Mode.CHAT)
                .map(CodexModel::of)
                .toList();
    }

    private static CodexModel of(PricedModel priced) {
        var model = priced.model();
        return new CodexModel(
                model.name(),
                model.displayName(),
                List.of(),
                "shell_command",
                "list",
                true,
                0,
                INSTRUCTIONS,
                false,
                false,
                TEN_KILOBYTES,
                false,
                model.contextTokens(),
                List.of(),
                MODALITIES.stream().filter(model.inputModalities()::contains).toList());
    }
}
