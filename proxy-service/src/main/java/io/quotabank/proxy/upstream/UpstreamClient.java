package io.quotabank.proxy.upstream;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.quotabank.proxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls providers over HTTP: a pool of connections per host, no retries, no redirects, no cookies, and each call stopped
 * when its time has run out.
 */
public final class UpstreamClient implements AutoCloseable {

    private static final int MOST_TARGETS = 20_000;
    private static final Duration SWEEP = Duration.ofMillis(250);
    private static final ContentType JSON = ContentType.create("application/json");

    private record Target(HttpHost host, URI uri) {}

    private final CloseableHttpClient http;
    private final RequestConfig forStreams;
    private final RequestConfig forAnswers;
    private final Set<UpstreamCall> running = ConcurrentHashMap.newKeySet();
    private final Thread sweep =
            Thread.ofPlatform().daemon().name("upstream-sweep").unstarted(this::sweep);
    private final LoadingCache<String, Optional<Target>> targets =
            Caffeine.newBuilder().maximumSize(MOST_TARGETS).build(UpstreamClient::parse);

    UpstreamClient(CloseableHttpClient http, UpstreamProperties properties) {
        this.http = http;
        var wait = Timeout.of(properties.connectTimeout());
        this.forStreams = config(wait)
                .setResponseTimeout(Timeout.of(properties.streamHeadersTimeout()))
                .build();
        this.forAnswers = config(wait)
                .setResponseTimeout(Timeout.of(properties.answerHeadersTimeout()))
                .build();
        sweep.start();
    }

    private static RequestConfig.Builder config(Timeout wait) {
        return RequestConfig.custom()
                .setConnectionRequestTimeout(wait)
                .setHardCancellationEnabled(true)
                .setProtocolUpgradeEnabled(false)
                .setExpectContinueEnabled(false);
    }

    /** Sends a call that nothing but its own limit stops. */
    public UpstreamResponse send(UpstreamRequest call) throws UpstreamException {
        return send(call, new UpstreamRequest.Stop());
    }

    /** Sends a call and returns once its answer has begun. */
    public UpstreamResponse send(UpstreamRequest call, UpstreamRequest.Stop stop) throws UpstreamException {
        var target =
                targets.get(call.baseUrl() + call.path()).orElseThrow(() -> new UpstreamException(Kind.ADDRESS, false));
        var request = request(call, target.uri());
        long deadline = System.nanoTime() + call.limit().toNanos();
        long head = request.getConfig().getResponseTimeout().toNanoseconds();
        var running = new UpstreamCall(request, deadline, head, this.running);
        var body = call.body();
        if (body != null) {
            request.setEntity(new SentBody(body, running));
        }
        boolean begun = false;
        try {
            stop.begins(running);
            var response = new UpstreamResponse(http.executeOpen(target.host(), request, null), running);
            running.begun();
            begun = true;
            return response;
        } catch (IOException | RuntimeException failure) {
            throw new UpstreamException(kind(failure, running), running.isSent());
        } finally {
            if (!begun) {
                running.end();
            }
        }
    }

    @Override
    public void close() throws IOException {
        sweep.interrupt();
        http.close();
    }

    /** Stops calls whose time has run out: one thread for all of them is cheaper than a timer for each. */
    private void sweep() {
        while (!sweep.isInterrupted()) {
            long now = System.nanoTime();
            for (var call : running) {
                call.stopIfOverdue(now);
            }
            LockSupport.parkNanos(SWEEP.toNanos());
        }
    }

    private HttpUriRequestBase request(UpstreamRequest call, URI uri) {
        var request = new HttpUriRequestBase(call.body() == null ? "GET" : "POST", uri);
        request.setConfig(call.stream() ? forStreams : forAnswers);
        call.headers().forEach(request::addHeader);
        request.addHeader("Authorization", "Bearer " + call.bearer());
        return request;
    }

    private static Optional<Target> parse(String address) {
        try {
            var uri = URI.create(address);
            var scheme = uri.getScheme();
            boolean web = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
            return !web || uri.getHost() == null || uri.getUserInfo() != null || uri.getRawQuery() != null
                    ? Optional.empty()
                    : Optional.of(new Target(new HttpHost(scheme, uri.getHost(), uri.getPort()), uri));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** A body that tells its call when it has been written. */
    private static final class SentBody extends HttpEntityWrapper {
        private final UpstreamCall call;

        SentBody(byte[] body, UpstreamCall call) {
            super(new ByteArrayEntity(body, JSON));
            this.call = call;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            super.writeTo(out);
            call.sent();
        }
    }

    private static Kind kind(Exception failure, UpstreamCall call) {
        if (call.isStopped() || call.isOverdue()) {
            return call.isStopped() ? Kind.STOPPED : Kind.DEADLINE;
        }
        if (call.isSilent()) {
            return Kind.SILENT;
        }
        return switch (failure) {
            case GuardedDns.RefusedAddressException refused -> Kind.ADDRESS;
            case UnknownHostException unknown -> Kind.CONNECT;
            case ConnectException refused -> Kind.CONNECT;
            case NoRouteToHostException unreachable -> Kind.CONNECT;
            case SSLException tls -> Kind.CONNECT;
            case ConnectTimeoutException slow -> Kind.CONNECT;
            case SocketTimeoutException silent -> Kind.SILENT;
            default -> Kind.BROKEN;
        };
    }
}
