package io.quotabank.sandbox.control;

import io.quotabank.sandbox.http.Pieces;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was served, as JSON: long, so sent a page at a time. */
final class ServedReport implements Pieces {

    private static final int PAGE = 500;

    private final Served served;
    private final @Nullable String apiKey;
    private final long sinceMs;
    private final long end;
    private long position;
    private boolean begun;
    private boolean anyEntry;
    private boolean ended;

    /**
     * A report up to now.
     *
     * @param apiKey tells of this key only; null: of all
     * @param sinceMs tells of single requests that began then or later, in milliseconds since 1970
     */
    ServedReport(Served served, @Nullable String apiKey, long sinceMs) {
        this.served = served;
        this.apiKey = apiKey;
        this.sinceMs = sinceMs;
        this.end = served.count();
    }

    @Override
    public long dueInNanos() {
        return 0;
    }

    @Override
    public @Nullable String next() {
        if (ended) {
            return null;
        }
        if (!begun) {
            begun = true;
            return "{\"forgotten\":" + served.forgotten() + ",\"totals\":[" + totals() + "],\"requests\":[";
        }
        var text = new StringBuilder();
        while (position < end && text.isEmpty()) {
            var page = served.page(position, end, PAGE);
            page.entries().stream().filter(this::wanted).forEach(entry -> append(text, entry));
            position = page.next();
        }
        if (position >= end) {
            ended = true;
            text.append("]}");
        }
        return text.toString();
    }

    private boolean wanted(Served.Entry entry) {
        return entry.startedAtMs() >= sinceMs && (apiKey == null || apiKey.equals(entry.apiKey()));
    }

    private String totals() {
        return served.totals().stream()
                .filter(each -> apiKey == null || apiKey.equals(each.apiKey()))
                .map(ServedReport::text)
                .collect(Collectors.joining(","));
    }

    private static String text(Served.KeyTotals totals) {
        return "{\"apiKey\":" + quoted(totals.apiKey()) + ",\"requests\":" + totals.requests() + ",\"finished\":"
                + totals.finished() + ",\"promptTokens\":" + totals.promptTokens() + ",\"cachedTokens\":"
                + totals.cachedTokens() + ",\"completionTokens\":" + totals.completionTokens() + "}";
    }

    private void append(StringBuilder text, Served.Entry entry) {
        text.append(anyEntry ? ",\n" : "\n");
        anyEntry = true;
        text.append("{\"requestId\":").append(quoted(entry.requestId()));
        text.append(",\"clientRequestId\":").append(quoted(entry.clientRequestId()));
        text.append(",\"apiKey\":").append(quoted(entry.apiKey()));
        text.append(",\"operation\":").append(quoted(entry.operation()));
        text.append(",\"model\":").append(quoted(entry.model()));
        text.append(",\"startedAt\":").append(entry.startedAtMs());
        text.append(",\"promptTokens\":").append(entry.promptTokens());
        text.append(",\"cachedTokens\":").append(entry.cachedTokens());
        text.append(",\"completionTokens\":").append(entry.completionTokens());
        text.append(",\"finished\":").append(entry.finished());
        text.append(",\"open\":").append(entry.open()).append('}');
    }

    static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + Tokenizer.escape(text) + "\"";
    }

    @Override
    public void sent() {}

    @Override
    public boolean endsProperly() {
        return true;
    }

    @Override
    public void ended(boolean whole) {}
}
