package io.quotabank.sandbox.served;

import io.quotabank.sandbox.served.ServedRequest.RequestId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts what was handed to clients: totals per key for ever, single requests for the last so many. A request enters
 * when its answer begins; those that were refused never do.
 */
public final class Served {

    /** What a key was served since the process started: the sums over its requests, forgotten ones too. */
    public static final class Totals {
        private final String apiKey;
        private long requests;
        private long finished;
        private long promptTokens;
        private long cachedTokens;
        private long completionTokens;

        private Totals(String apiKey) {
            this.apiKey = apiKey;
        }
    }

    /** Totals as they stood at one moment. */
    public record KeyTotals(
            String apiKey, long requests, long finished, long promptTokens, long cachedTokens, long completionTokens) {}

    /**
     * A request as it stood at one moment.
     *
     * @param operation chat, text_completion or embeddings
     * @param completionTokens handed to the socket so far
     * @param finished the whole answer was handed to the socket
     * @param open the answer is still being sent
     */
    public record Entry(
            String requestId,
            @Nullable String clientRequestId,
            String apiKey,
            String operation,
            String model,
            long startedAtMs,
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            boolean finished,
            boolean open) {}

    /** A part of the log, and where the next one begins. */
    public record Page(List<Entry> entries, long next) {}

    private final @Nullable ServedRequest[] ring;
    private final InstantSource clock;
    private final Map<String, Totals> totals = new LinkedHashMap<>();
    private long count;

    /** @param capacity requests kept */
    public Served(int capacity, InstantSource clock) {
        this.ring = new ServedRequest[capacity];
        this.clock = clock;
    }

    /** An answer begins: its prompt has been read, nothing of it was sent. */
    public synchronized ServedRequest open(
            String apiKey,
            String operation,
            String model,
            RequestId requestId,
            @Nullable String clientRequestId,
            int promptTokens,
            int cachedTokens) {
        var request = slot();
        var sum = totals.computeIfAbsent(apiKey, Totals::new);
        request.totals = sum;
        request.idHigh = requestId.high();
        request.idLow = requestId.low();
        request.clientRequestId(clientRequestId);
        request.operation = operation;
        request.model = model;
        request.startedAtMs = clock.millis();
        request.promptTokens = promptTokens;
        request.cachedTokens = cachedTokens;
        request.completionTokens = 0;
        request.open = true;
        request.finished = false;
        sum.requests++;
        sum.promptTokens += promptTokens;
        sum.cachedTokens += cachedTokens;
        return request;
    }

    private ServedRequest slot() {
        var place = (int) (count++ % ring.length);
        var old = ring[place];
        if (old == null || old.open) {
            // A long stream may outlast its place in the log; its tokens still reach the totals.
            old = new ServedRequest();
            ring[place] = old;
        }
        return old;
    }

    /** Tokens were handed to the socket. */
    public synchronized void sent(ServedRequest request, int tokens) {
        request.completionTokens += tokens;
        if (request.totals != null) {
            request.totals.completionTokens += tokens;
        }
    }

    /** The answer is over; the request must not be used after this. */
    public synchronized void close(ServedRequest request, boolean finished) {
        request.open = false;
        request.finished = finished;
        if (finished && request.totals != null) {
            request.totals.finished++;
        }
    }

    public synchronized List<KeyTotals> totals() {
        var list = new ArrayList<KeyTotals>(totals.size());
        for (var each : totals.values()) {
            list.add(new KeyTotals(
                    each.apiKey,
                    each.requests,
                    each.finished,
                    each.promptTokens,
                    each.cachedTokens,
                    each.completionTokens));
        }
        return list;
    }

    /** How many requests fell out of the log. */
    public synchronized long forgotten() {
        return Math.max(0, count - ring.length);
    }

    /** How many requests there were, the forgotten ones included: the position after the newest. */
    public synchronized long count() {
        return count;
    }

    /**
     * The requests from one position on, up to but not including another, oldest first.
     *
     * @param limit looks at no more than this many
     */
    public synchronized Page page(long from, long to, int limit) {
        var first = Math.max(from, forgotten());
        var next = Math.min(Math.min(to, count), first + limit);
        var entries = new ArrayList<Entry>();
        for (var at = first; at < next; at++) {
            var request = ring[(int) (at % ring.length)];
            if (request != null && request.totals != null) {
                entries.add(entry(request, request.totals.apiKey));
            }
        }
        return new Page(entries, next);
    }

    private static Entry entry(ServedRequest request, String apiKey) {
        return new Entry(
                new RequestId(request.idHigh, request.idLow).text(),
                request.clientRequestId(),
                apiKey,
                request.operation,
                request.model,
                request.startedAtMs,
                request.promptTokens,
                request.cachedTokens,
                request.completionTokens,
                request.finished,
                request.open);
    }
}
