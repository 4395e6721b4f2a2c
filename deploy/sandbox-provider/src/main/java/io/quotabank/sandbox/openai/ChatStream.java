package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.http.Pieces;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A completion as server-sent events: one with the role, one per piece of the reply, one with the reason of its end,
 * one with the usage if wanted, and [DONE].
 */
final class ChatStream implements Pieces {

    /**
     * How to send it.
     *
     * @param tokensPerSecond 0: as fast as the client reads
     * @param includeUsage the client asked for the usage
     * @param cutAfter events after which to break off; more than there are: never
     */
    record Manner(double tokensPerSecond, boolean includeUsage, int cutAfter) {}

    private static final String EVENT = "data: ";
    private static final String END = "\n\n";

    private final ChatAnswer answer;
    private final Manner manner;
    private final Delivery delivery;
    private final LongSupplier nanos;
    private final long startedNanos;
    private final String opening;
    private final String contentOpening;
    private final String contentClosing;
    private final int events;
    private int position;
    private int tokensBefore;
    private int acknowledged;

    ChatStream(ChatAnswer answer, Manner manner, Delivery delivery, LongSupplier nanos) {
        this.answer = answer;
        this.manner = manner;
        this.delivery = delivery;
        this.nanos = nanos;
        this.startedNanos = nanos.getAsLong();
        this.opening = EVENT + answer.chunkOpening() + "{\"index\":0,\"delta\":";
        var called = answer.reply().call() != null;
        this.contentOpening =
                opening + (called ? "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" : "{\"content\":\"");
        this.contentClosing = (called ? "\"}}]}" : "\"}") + closing(null);
        this.events = answer.reply().pieces().size() + 3 + (tellsUsage() ? 1 : 0);
    }

    private boolean tellsUsage() {
        return manner.includeUsage() && answer.tellsUsage();
    }

    @Override
    public long dueInNanos() {
        if (manner.tokensPerSecond() == 0 || position == 0) {
            return 0;
        }
        return startedNanos + (long) (tokensBefore * 1e9 / manner.tokensPerSecond()) - nanos.getAsLong();
    }

    @Override
    public @Nullable String next() {
        if (position == events || position == manner.cutAfter()) {
            return null;
        }
        var event = event(position);
        tokensBefore += tokens(position);
        position++;
        return event;
    }

    private String event(int at) {
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
        if (at == events - 1) {
            return EVENT + "[DONE]" + END;
        }
        return EVENT + answer.chunkOpening() + "],\"usage\":" + answer.usage() + "}" + END;
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
        return ",\"logprobs\":null,\"finish_reason\":" + reason + "}]" + (tellsUsage() ? ",\"usage\":null}" : "}")
                + END;
    }

    private int tokens(int at) {
        var reply = answer.reply();
        if (at == 0) {
            return reply.call() == null ? 0 : reply.call().tokens();
        }
        return at <= reply.pieces().size() ? reply.pieces().get(at - 1).tokens() : 0;
    }

    @Override
    public void sent() {
        var tokens = tokens(acknowledged++);
        if (tokens > 0) {
            delivery.sent(tokens);
        }
    }

    @Override
    public boolean endsProperly() {
        return position == events;
    }

    @Override
    public void ended(boolean whole) {
        delivery.ended(whole);
    }
}
