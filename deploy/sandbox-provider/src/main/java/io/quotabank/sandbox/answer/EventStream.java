package io.quotabank.sandbox.answer;

import io.quotabank.sandbox.http.Pieces;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** An answer as server-sent events, then [DONE]; on purpose it may break. */
public final class EventStream implements Pieces {

    /**
     * What goes wrong on the way.
     *
     * @param after so many events; more than there are: never
     * @param event what comes instead of what would; empty where nothing does
     */
    public record Break(Kind kind, int after, String event) {

        /** What becomes of the stream. */
        public enum Kind {
            /** The connection is closed. */
            CUT,
            /** Nothing more comes, and the connection stays open. */
            STALL,
            /** The event comes, and the stream goes on. */
            INSERT,
            /** The event comes, and the stream ends as if all were well. */
            END
        }
    }

    /**
     * How to send it.
     *
     * @param tokensPerSecond 0: as fast as the client reads
     * @param breaks null: it does not
     */
    public record Manner(double tokensPerSecond, @Nullable Break breaks) {}

    static final String DATA = "data: ";
    static final String END = "\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final long NEVER_NANOS = TimeUnit.DAYS.toNanos(1);

    private final Answer.Events events;
    private final Manner manner;
    private final Delivery delivery;
    private final LongSupplier nanos;
    private final long startedNanos;
    private int position;
    private int tokensBefore;
    private int acknowledged;
    private boolean broken;
    private boolean done;

    public EventStream(Answer.Events events, Manner manner, Delivery delivery, LongSupplier nanos) {
        this.events = events;
        this.manner = manner;
        this.delivery = delivery;
        this.nanos = nanos;
        this.startedNanos = nanos.getAsLong();
    }

    /** The break that is to happen now, if it did not yet. */
    private Break.@Nullable Kind breaksNow() {
        var breaks = manner.breaks();
        return breaks == null || broken || breaks.after() != position ? null : breaks.kind();
    }

    @Override
    public long dueInNanos() {
        if (breaksNow() == Break.Kind.STALL) {
            return NEVER_NANOS;
        }
        if (manner.tokensPerSecond() == 0 || position == 0) {
            return 0;
        }
        return startedNanos + (long) (tokensBefore * 1e9 / manner.tokensPerSecond()) - nanos.getAsLong();
    }

    @Override
    public @Nullable String next() {
        if (done) {
            return null;
        }
        return switch (breaksNow()) {
            case CUT, STALL -> null;
            case INSERT -> inserted();
            case END -> {
                done = true;
                yield inserted() + DONE;
            }
            case null -> following();
        };
    }

    private String inserted() {
        broken = true;
        return manner.breaks() == null ? "" : manner.breaks().event();
    }

    private String following() {
        if (position == events.count()) {
            done = true;
            return DONE;
        }
        tokensBefore += events.tokens(position);
        return events.event(position++);
    }

    @Override
    public void sent() {
        var at = acknowledged++;
        var breaks = manner.breaks();
        if (broken && breaks != null && at >= breaks.after()) {
            // What was put in between counts nothing, and what follows it is one further on.
            at = at == breaks.after() ? events.count() : at - 1;
        }
        var tokens = at < events.count() ? events.tokens(at) : 0;
        if (tokens > 0) {
            delivery.sent(tokens);
        }
    }

    @Override
    public boolean endsProperly() {
        return done;
    }

    @Override
    public void ended(boolean whole) {
        delivery.ended(whole && position == events.count());
    }
}
