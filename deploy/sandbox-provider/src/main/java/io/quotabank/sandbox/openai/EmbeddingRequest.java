package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.answer.Answer;
import io.quotabank.sandbox.answer.EmbeddingAnswer;
import io.quotabank.sandbox.key.Prompt;
import io.quotabank.sandbox.openai.Inputs.Input;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.List;

/** Embeddings asked for. */
record EmbeddingRequest(String model, Prompt prompt, List<String> texts, int dimensions, boolean base64)
        implements Asked {

    private static final int MOST_TOKENS_EACH = 8192;
    private static final int MOST_TOKENS = 300_000;
    private static final int MOST_DIMENSIONS = 3072;

    /** The answer is held in memory three times over, in a small heap. */
    private static final int MOST_NUMBERS = 400_000;

    /** @throws Malformed when it is not a request that OpenAI would take */
    static EmbeddingRequest read(Fields fields, Tokenizer tokenizer) {
        var model = fields.requiredString("model");
        var base64 = base64(fields);
        var usual = model.contains("3-large") ? MOST_DIMENSIONS : 1536;
        var dimensions = fields.intBetween("dimensions", 1, MOST_DIMENSIONS, usual);
        fields.string("user");
        var inputs = Inputs.read(fields, "input", tokenizer);
        inputs.forEach(input -> check(fields, input));
        var tokens = inputs.stream().mapToInt(Input::tokens).sum();
        if (tokens > MOST_TOKENS) {
            throw fields.invalid("input", "max_tokens_per_request", "Expected at most 300,000 tokens in all.");
        }
        if (inputs.size() * dimensions > MOST_NUMBERS) {
            throw fields.invalid("input", "array_above_max_length", "Expected at most 400,000 numbers to answer with.");
        }
        var texts = inputs.stream().map(Input::text).toList();
        return new EmbeddingRequest(model, new Prompt(tokens, List.of()), texts, dimensions, base64);
    }

    private static boolean base64(Fields fields) {
        return switch (fields.string("encoding_format")) {
            case null -> false;
            case "float" -> false;
            case "base64" -> true;
            default ->
                throw fields.invalid("encoding_format", "invalid_value", "Supported values are: 'float' and 'base64'.");
        };
    }

    private static void check(Fields fields, Input input) {
        if (input.text().isEmpty()) {
            throw fields.invalid("input", "invalid_value", "It cannot be an empty string.");
        }
        if (input.tokens() > MOST_TOKENS_EACH) {
            throw fields.invalid(
                    "input",
                    "context_length_exceeded",
                    "The maximum context length is 8192 tokens, but " + input.tokens() + " were given.");
        }
    }

    @Override
    public boolean stream() {
        return false;
    }

    @Override
    public boolean includeUsage() {
        return true;
    }

    @Override
    public String operation() {
        return "embeddings";
    }

    @Override
    public Answer answer(Replies replies, String knownModel, long createdSeconds) {
        return new EmbeddingAnswer(knownModel, texts, dimensions, base64);
    }
}
