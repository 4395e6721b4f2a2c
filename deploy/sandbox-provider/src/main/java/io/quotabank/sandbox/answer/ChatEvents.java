package io.quotabank.sandbox.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event with the role, one per piece of the reply, one with the reason of its end, and the usage that is told. */
final class ChatEvents implements Answer.Events {

    private final ChatAnswer answer;
    private final List<Usage> told;
    private final String opening;
    private final String contentOpening;
    private final String contentClosing;

    ChatEvents(ChatAnswer answer, List<Usage> told) {
        this.answer = answer;
        this.told = told;
        this.opening = EventStream.DATA + answer.chunkOpening() + "{\"index\":0,\"delta\":";
        var called = answer.reply().call() != null;
        this.contentOpening =
                opening + (called ? "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" : "{\"content\":\"");
        this.contentClosing = (called ? "\"}}]}" : "\"}") + closing(null);
    }

    @Override
    public int count() {
        return answer.reply().pieces().size() + 2 + told.size();
    }

    @Override
    public String event(int at) {
        var pieces = answer.reply().pieces();
        if (at == 0) {
            return opening + role() + closing(null);
        }
        if (at <= pieces.size()) {
            return contentOpening + pieces.get(at - 1).escaped() + contentClosing;
        }
        if (at == pieces.size() + 1) {
            return opening + "{}" + closing(answer.reply().finishReason());
        }
        var usage = told.get(at - pieces.size() - 2).chat();
        return EventStream.DATA + answer.chunkOpening() + "],\"usage\":" + usage + "}" + EventStream.END;
    }

    private String role() {
        var call = answer.reply().call();
        if (call == null) {
            return "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}";
        }
        return "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"index\":0," + ChatAnswer.call(call)
                + "\"}}],\"refusal\":null}";
    }

    private String closing(@Nullable String finishReason) {
        var reason = finishReason == null ? "null" : "\"" + finishReason + "\"";
        return ",\"logprobs\":null,\"finish_reason\":" + reason + "}]" + (told.isEmpty() ? "}" : ",\"usage\":null}")
                + EventStream.END;
    }

    @Override
    public int tokens(int at) {
        var reply = answer.reply();
        if (at == 0) {
            return reply.call() == null ? 0 : reply.call().tokens();
        }
        return at <= reply.pieces().size() ? reply.pieces().get(at - 1).tokens() : 0;
    }
}
