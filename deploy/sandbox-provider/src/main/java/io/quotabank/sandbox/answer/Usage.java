package io.quotabank.sandbox.answer;

/**
 * A report of tokens, true or not.
 *
 * @param prompt cached ones included
 */
public record Usage(int prompt, int cached, int completion) {

    /** As chat tells it. */
    String chat() {
        return "{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + completion + ",\"total_tokens\":" + total()
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + cached
                + ",\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,"
                + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
    }

    /** As text completions tell it. */
    String text() {
        return "{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + completion + ",\"total_tokens\":" + total()
                + "}";
    }

    /** As embeddings tell it. */
    String embedding() {
        return "{\"prompt_tokens\":" + prompt + ",\"total_tokens\":" + prompt + "}";
    }

    private long total() {
        return (long) prompt + completion;
    }
}
