package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.answer.Answer;
import io.quotabank.sandbox.key.Prompt;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.token.Tokenizer;

/** A request that was understood, for whatever is generated. */
sealed interface Asked permits ChatRequest, CompletionRequest, EmbeddingRequest {

    /** Reads one kind of request. */
    interface Reader {
        /** @throws Malformed when it is not a request that OpenAI would take */
        Asked read(Fields fields, Tokenizer tokenizer);
    }

    String model();

    Prompt prompt();

    boolean stream();

    boolean includeUsage();

    /** As OpenTelemetry names it. */
    String operation();

    /**
     * Thinks of an answer.
     *
     * @param knownModel the model's id, as kept by the key
     */
    Answer answer(Replies replies, String knownModel, long createdSeconds);
}
