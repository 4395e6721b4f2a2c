package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.key.Prompt;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Wish;
import io.quotabank.sandbox.token.Tokenizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chat completion asked for, as far as the sandbox heeds it.
 *
 * @param maxTokens 0 when the client set none
 */
record ChatRequest(String model, Prompt prompt, boolean stream, boolean includeUsage, int maxTokens, Wish wish) {

    /** More output than any current model gives. */
    static final int MOST_TOKENS = 128_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** @throws Malformed when it is not a request that OpenAI would take */
    static ChatRequest read(byte[] body, Tokenizer tokenizer) {
        var fields = new Fields(parse(body), "");
        var model = fields.requiredString("model");
        var stream = fields.flag("stream");
        var streamOptions = fields.object("stream_options");
        if (streamOptions != null && !stream) {
            var message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
            throw new Malformed(OpenAiError.invalid(message, "stream_options", null));
        }
        checkUnheeded(fields);
        var limit = fields.positiveInt("max_tokens", MOST_TOKENS);
        var newerLimit = fields.positiveInt("max_completion_tokens", MOST_TOKENS);
        var wish = Wishes.read(fields);
        var prompt = new PromptReader(tokenizer, model).read(fields);
        var includeUsage = streamOptions != null && streamOptions.flag("include_usage");
        return new ChatRequest(model, prompt, stream, includeUsage, newerLimit == 0 ? limit : newerLimit, wish);
    }

    private static JsonNode parse(byte[] body) {
        @Nullable JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JacksonException e) {
            root = null;
        }
        if (root == null || !root.isObject()) {
            var message = "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but"
                    + " what was sent was not valid JSON, or not an object.";
            throw new Malformed(OpenAiError.invalid(message, null, null));
        }
        return root;
    }

    /** What changes nothing here must still be right. */
    private static void checkUnheeded(Fields fields) {
        fields.numberBetween("temperature", 0, 2);
        fields.numberBetween("top_p", 0, 1);
        fields.numberBetween("presence_penalty", -2, 2);
        fields.numberBetween("frequency_penalty", -2, 2);
        fields.flag("logprobs");
        fields.string("user");
        if (fields.positiveInt("n", 128) > 1) {
            var message = "Unsupported value: 'n' does not support values above 1 with this model.";
            throw new Malformed(OpenAiError.invalid(message, "n", "unsupported_value"));
        }
    }
}
