package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.answer.Answer;
import io.quotabank.sandbox.answer.TextAnswer;
import io.quotabank.sandbox.key.Prompt;
import io.quotabank.sandbox.openai.Inputs.Input;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A text completion asked for.
 *
 * @param prompt of all prompts together
 * @param echoes what each prompt's texts begin with, empty unless echo was asked for
 * @param n texts for each prompt
 * @param bestOf texts drawn for each prompt, at least n
 * @param maxTokens of each text
 */
record CompletionRequest(
        String model,
        Prompt prompt,
        boolean stream,
        boolean includeUsage,
        List<String> echoes,
        int n,
        int bestOf,
        int maxTokens,
        List<String> stops)
        implements Asked {

    private static final int USUAL_TOKENS = 16;
    private static final int MOST_TEXTS = 128;
    private static final int MOST_DRAWN = 20;
    private static final int MOST_LOGPROBS = 5;
    private static final int MOST_STOPS = 4;

    /** @throws Malformed when it is not a request that OpenAI would take */
    static CompletionRequest read(Fields fields, Tokenizer tokenizer) {
        var model = fields.requiredString("model");
        var stream = fields.flag("stream");
        var includeUsage = ChatRequest.includeUsage(fields, stream);
        ChatRequest.checkSampling(fields);
        fields.intBetween("logprobs", 0, MOST_LOGPROBS, 0);
        fields.string("user");
        var inputs = Inputs.read(fields, "prompt", tokenizer);
        var maxTokens = fields.intBetween("max_tokens", 0, ChatRequest.MOST_TOKENS, USUAL_TOKENS);
        var n = fields.intBetween("n", 1, MOST_TEXTS, 1);
        var bestOf = bestOf(fields, n, stream);
        checkSize(fields, inputs.size(), bestOf, maxTokens);
        var echo = fields.flag("echo");
        var echoes = inputs.stream()
                .map(input -> echo ? Tokenizer.escape(input.text()) : "")
                .toList();
        var suffix = fields.string("suffix");
        var tokens = inputs.stream().mapToInt(Input::tokens).sum() + (suffix == null ? 0 : tokenizer.count(suffix));
        var prompt = new Prompt(tokens, List.of());
        return new CompletionRequest(model, prompt, stream, includeUsage, echoes, n, bestOf, maxTokens, stops(fields));
    }

    private static int bestOf(Fields fields, int n, boolean stream) {
        var bestOf = fields.intBetween("best_of", 1, MOST_DRAWN, n);
        if (bestOf < n) {
            throw fields.invalid("best_of", "invalid_value", "It must be at least 'n'.");
        }
        if (stream && bestOf > n) {
            throw fields.invalid("best_of", "invalid_value", "Results with 'best_of' above 'n' can't be streamed.");
        }
        return bestOf;
    }

    private static void checkSize(Fields fields, int prompts, int drawn, int maxTokens) {
        if ((long) prompts * drawn > MOST_TEXTS) {
            throw fields.invalid("prompt", "invalid_value", "Expected at most 128 texts to answer with.");
        }
        if ((long) prompts * drawn * maxTokens > ChatRequest.MOST_TOKENS) {
            var sentence = "Expected at most " + ChatRequest.MOST_TOKENS + " tokens in all texts.";
            throw fields.invalid("max_tokens", "integer_above_max_value", sentence);
        }
    }

    private static List<String> stops(Fields fields) {
        var stop = fields.raw("stop");
        if (stop == null) {
            return List.of();
        }
        var stops = new ArrayList<String>();
        if (stop.isString()) {
            stops.add(stop.stringValue());
        }
        for (var each : stop) {
            stops.add(each.isString() ? each.stringValue() : "");
        }
        if (stops.isEmpty() || stops.size() > MOST_STOPS || stops.contains("")) {
            throw fields.invalid("stop", "invalid_value", "Expected a string, or an array of 1 to 4 strings.");
        }
        return stops;
    }

    @Override
    public String operation() {
        return "text_completion";
    }

    @Override
    public Answer answer(Replies replies, String knownModel, long createdSeconds) {
        var choices = new ArrayList<TextAnswer.Choice>(echoes.size() * n);
        var tokens = 0;
        for (var echo : echoes) {
            for (var i = 0; i < bestOf; i++) {
                var reply = replies.completion(maxTokens, stops);
                tokens += reply.tokens();
                if (i < n) {
                    choices.add(new TextAnswer.Choice(echo, reply));
                }
            }
        }
        return new TextAnswer(Answer.newId("cmpl-"), createdSeconds, knownModel, choices, tokens);
    }
}
