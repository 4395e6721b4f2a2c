package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.answer.Answer;
import io.quotabank.sandbox.answer.ChatAnswer;
import io.quotabank.sandbox.key.Prompt;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.reply.Wish;
import io.quotabank.sandbox.token.Tokenizer;

/**
 * A chat completion asked for, as far as the sandbox heeds it.
 *
 * @param maxTokens 0 when the client set none
 */
record ChatRequest(String model, Prompt prompt, boolean stream, boolean includeUsage, int maxTokens, Wish wish)
        implements Asked {

    /** More output than any current model gives. */
    static final int MOST_TOKENS = 128_000;

    /** @throws Malformed when it is not a request that OpenAI would take */
    static ChatRequest read(Fields fields, Tokenizer tokenizer) {
        var model = fields.requiredString("model");
        var stream = fields.flag("stream");
        var includeUsage = includeUsage(fields, stream);
        checkUnheeded(fields);
        var limit = fields.positiveInt("max_tokens", MOST_TOKENS);
        var newerLimit = fields.positiveInt("max_completion_tokens", MOST_TOKENS);
        var wish = Wishes.read(fields);
        var prompt = new PromptReader(tokenizer, model).read(fields);
        return new ChatRequest(model, prompt, stream, includeUsage, newerLimit == 0 ? limit : newerLimit, wish);
    }

    @Override
    public String operation() {
        return "chat";
    }

    @Override
    public Answer answer(Replies replies, String knownModel, long createdSeconds) {
        return new ChatAnswer(Answer.newId("chatcmpl-"), createdSeconds, knownModel, replies.reply(wish, maxTokens));
    }

    static boolean includeUsage(Fields fields, boolean stream) {
        var streamOptions = fields.object("stream_options");
        if (streamOptions != null && !stream) {
            var message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
            throw new Malformed(OpenAiError.invalid(message, "stream_options", null));
        }
        return streamOptions != null && streamOptions.flag("include_usage");
    }

    static void checkSampling(Fields fields) {
        fields.numberBetween("temperature", 0, 2);
        fields.numberBetween("top_p", 0, 1);
        fields.numberBetween("presence_penalty", -2, 2);
        fields.numberBetween("frequency_penalty", -2, 2);
    }

    /** What changes nothing here must still be right. */
    private static void checkUnheeded(Fields fields) {
        checkSampling(fields);
        fields.flag("logprobs");
        fields.string("user");
        if (fields.positiveInt("n", 128) > 1) {
            var message = "Unsupported value: 'n' does not support values above 1 with this model.";
            throw new Malformed(OpenAiError.invalid(message, "n", "unsupported_value"));
        }
    }
}
