package io.quotabank.sandbox.answer;

import io.quotabank.sandbox.reply.Reply;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.List;

/** A chat completion, and its JSON as a whole or in parts. */
public record ChatAnswer(String id, long createdSeconds, String model, Reply reply) implements Answer.Spoken {

    private static final String FINGERPRINT = "fp_5a6d0b3c91";

    @Override
    public int tokens() {
        return reply.tokens();
    }

    @Override
    public String whole(List<Usage> told) {
        var text = upTo(reply.pieces().size());
        text.append(
                reply.call() == null
                        ? "\",\"refusal\":null,\"annotations\":[]}"
                        : "\"}}],\"refusal\":null,\"annotations\":[]}");
        text.append(",\"logprobs\":null,\"finish_reason\":\"")
                .append(reply.finishReason())
                .append("\"}]");
        told.forEach(usage -> text.append(",\"usage\":").append(usage.chat()));
        text.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"" + FINGERPRINT + "\"}");
        return text.toString();
    }

    @Override
    public Part half() {
        var pieces = reply.pieces().size() / 2;
        return new Part(upTo(pieces).toString(), reply.tokensUpTo(pieces));
    }

    /** The whole up to and including so many pieces of the reply. */
    private StringBuilder upTo(int pieces) {
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
    private String opening(String object) {
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

    @Override
    public Events events(List<Usage> told) {
        return new ChatEvents(this, told);
    }
}
