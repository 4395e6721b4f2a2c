package io.quotabank.contracts.usage;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Tokens of one answer, named as the OpenTelemetry GenAI conventions name them. Classes overlap as the providers report
 * them: cached and cache-creation tokens are part of the input, reasoning tokens are part of the output.
 *
 * @param input all input tokens
 * @param output all output tokens
 * @param cacheRead input tokens that came from the provider's prompt cache, 0 to {@code input}
 * @param cacheCreation input tokens written to the provider's prompt cache, 0 to {@code input - cacheRead}
 * @param reasoning output tokens spent on reasoning, 0 to {@code output}
 */
public record TokenUsage(
        @JsonProperty("gen_ai.usage.input_tokens") long input,
        @JsonProperty("gen_ai.usage.output_tokens") long output,

        @JsonProperty("gen_ai.usage.cache_read.input_tokens")
        long cacheRead,

        @JsonProperty("gen_ai.usage.cache_creation.input_tokens")
        long cacheCreation,

        @JsonProperty("gen_ai.usage.reasoning.output_tokens")
        long reasoning) {

    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0);

    public TokenUsage {
        if (input < 0 || output < 0 || cacheRead < 0 || cacheCreation < 0 || reasoning < 0) {
            throw new IllegalArgumentException("token counts can't be negative");
        }
        if (cacheRead > input || cacheCreation > input - cacheRead || reasoning > output) {
            throw new IllegalArgumentException("a class of tokens is larger than what it is part of");
        }
    }

    public static TokenUsage of(long input, long output) {
        return new TokenUsage(input, output, 0, 0, 0);
    }
}
