package io.quotabank.systemtests.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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
        Thread.ofVirtual().name("balancer").start(this::watch);
    }

    /** The next one in turn that is well, or any when none is known to be. */
    public String next() {
        for (int i = 0; i < urls.size(); i++) {
            var url = urls.get(Math.floorMod(turn.getAndIncrement(), urls.size()));
            if (healthy.getOrDefault(url, true)) {
                return url;
            }
        }
        return urls.getFirst();
    }

    private void watch() {
        try {
            while (!closed) {
                for (var url : urls) {
                    healthy.put(url, isWell(url));
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWell(String url) throws InterruptedException {
        var question = HttpRequest.newBuilder(URI.create(url + "/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return client.send(question, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException unreachable) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
