package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.reply.Reply;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A completion, and its JSON as a whole or in parts.
 *
 * @param promptTokens cached ones included
 * @param tellsUsage whether the answer reports its usage
 */
record ChatAnswer(
        String id,
        long createdSeconds,
        String model,
        Reply reply,
        int promptTokens,
        int cachedTokens,
        boolean tellsUsage) {

    private static final String FINGERPRINT = "fp_5a6d0b3c91";
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    static String newId() {
        var chance = ThreadLocalRandom.current();
        var id = new StringBuilder("chatcmpl-");
        for (var i = 0; i < 29; i++) {
            id.append(LETTERS.charAt(chance.nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    String whole() {
        var text = upTo(reply.pieces().size());
        text.append(
                reply.call() == null
                        ? "\",\"refusal\":null,\"annotations\":[]}"
                        : "\"}}],\"refusal\":null,\"annotations\":[]}");
        text.append(",\"logprobs\":null,\"finish_reason\":\"")
                .append(reply.finishReason())
                .append("\"}]");
        if (tellsUsage) {
            text.append(",\"usage\":").append(usage());
        }
        text.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"" + FINGERPRINT + "\"}");
        return text.toString();
    }

    /** The whole up to and including so many pieces of the reply. */
    StringBuilder upTo(int pieces) {
        var text = new StringBuilder(1024 + 6 * pieces).append(opening("chat.completion"));
        text.append(",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
        if (reply.call() == null) {
            text.append('"');
        } else {
            text.append("null,\"tool_calls\":[{").append(call(reply.call()));
        }
        for (var i = 0; i < pieces; i++) {
            text.append(reply.pieces().get(i).escaped());
        }
        return text;
    }

    /** An object's beginning, the same for all parts of a stream. */
    String opening(String object) {
        return "{\"id\":\"" + id + "\",\"object\":\"" + object + "\",\"created\":" + createdSeconds + ",\"model\":\""
                + Tokenizer.escape(model) + "\"";
    }

    /** The beginning of a stream's chunk. */
    String chunkOpening() {
        return opening("chat.completion.chunk") + ",\"service_tier\":\"default\",\"system_fingerprint\":\""
                + FINGERPRINT + "\",\"choices\":[";
    }

    /** A call, open inside its arguments. */
    static String call(Reply.Call call) {
        return "\"id\":\"" + call.id() + "\",\"type\":\"function\",\"function\":{\"name\":\"" + call.name()
                + "\",\"arguments\":\"";
    }

    String usage() {
        return "{\"prompt_tokens\":" + promptTokens + ",\"completion_tokens\":" + reply.tokens() + ",\"total_tokens\":"
                + (promptTokens + reply.tokens()) + ",\"prompt_tokens_details\":{\"cached_tokens\":" + cachedTokens
                + ",\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,"
                + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
    }
}
