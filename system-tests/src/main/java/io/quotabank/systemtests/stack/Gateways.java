package io.quotabank.systemtests.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All gateways of a suite as a load balancer in front of them knows them: it asks each for its health, and goes around. */
public final class Gateways implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(200);

    private final List<String> urls;
    private final Map<String, Boolean> healthy = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    private volatile boolean closed;

    public Gateways(Stack stack) {
        this.urls = stack.instances("gateway-service").stream()
                .map(Stack.Instance::url)
                .toList();
        urls.forEach(url -> Thread.ofVirtual().name("balancer").start(() -> watch(url)));
    }

    /** The next one in turn that is well, or any when none is known to be. */
    public String next() {
        int from = turn.getAndIncrement();
        for (int i = 0; i < urls.size(); i++) {
            var url = urls.get(Math.floorMod(from + i, urls.size()));
            if (healthy.getOrDefault(url, true)) {
                return url;
            }
        }
        return urls.get(Math.floorMod(from, urls.size()));
    }

    private void watch(String url) {
        try {
            while (!closed) {
                look(url);
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    // An answer that is late is no news: who is too busy to answer at once is there all the same.
    private void look(String url) throws InterruptedException {
        var question = HttpRequest.newBuilder(URI.create(url + "/health"))
                .timeout(Duration.ofSeconds(1))
                .build();
        try {
            healthy.put(url, client.send(question, BodyHandlers.discarding()).statusCode() == 200);
        } catch (HttpTimeoutException late) {
            // asked again
        } catch (IOException unreachable) {
            healthy.put(url, false);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
