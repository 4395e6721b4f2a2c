package io.quotabank.proxy.upstream;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call to a provider. Says nothing of its key and body when it is printed. */
public final class UpstreamRequest {

    /** Lets another thread stop the calls of one request, whichever is running then. */
    public static final class Stop {

        private @Nullable UpstreamCall running;
        private boolean stopped;

        /** Stops the running call, and each one that would come after it. */
        public synchronized void now() {
            stopped = true;
            if (running != null) {
                running.stop();
            }
        }

        /** Brings the running call's deadline forward. */
        public synchronized void within(Duration limit) {
            if (running != null) {
                running.endBefore(System.nanoTime() + limit.toNanos());
            }
        }

        synchronized void begins(UpstreamCall call) {
            running = call;
            if (stopped) {
                call.stop();
            }
        }
    }

    private final String baseUrl;
    private final String path;
    private final String bearer;
    private final byte @Nullable [] body;
    private final Map<String, String> headers;
    private final boolean stream;
    private final Duration limit;

    private UpstreamRequest(
            String baseUrl,
            String path,
            String bearer,
            byte @Nullable [] body,
            Map<String, String> headers,
            boolean stream,
            Duration limit) {
        this.baseUrl = baseUrl;
        this.path = path;
        this.bearer = bearer;
        this.body = body;
        this.headers = headers;
        this.stream = stream;
        this.limit = limit;
    }

    /**
     * A POST of JSON.
     *
     * @param baseUrl without a trailing slash
     * @param path begins with a slash
     * @param bearer the provider's key
     * @param headers further headers, by name
     * @param stream true where an event stream is asked for: its silence has a bound of its own then
     * @param limit the longest time for the whole call, its answer's last byte included
     */
    public static UpstreamRequest post(
            String baseUrl,
            String path,
            String bearer,
            byte[] body,
            Map<String, String> headers,
            boolean stream,
            Duration limit) {
        return new UpstreamRequest(baseUrl, path, bearer, body, headers, stream, limit);
    }

    /** A GET. Parameters as for {@link #post}. */
    public static UpstreamRequest get(String baseUrl, String path, String bearer, Duration limit) {
        return new UpstreamRequest(baseUrl, path, bearer, null, Map.of(), false, limit);
    }

    String baseUrl() {
        return baseUrl;
    }

    String path() {
        return path;
    }

    String bearer() {
        return bearer;
    }

    byte @Nullable [] body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }

    boolean stream() {
        return stream;
    }

    Duration limit() {
        return limit;
    }

    @Override
    public String toString() {
        return "call of " + path;
    }
}
