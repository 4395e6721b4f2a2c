package io.quotabank.gateway.relay;

import io.netty.handler.codec.http.HttpRequest;
import io.quotabank.gateway.identity.Identity;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Takes requests to proxy-service, a bounded number at once. On shutdown it lets those under way finish. */
@Component
public class Relay implements SmartLifecycle {

    // Stops before the web server does: that one closes connections that it believes idle.
    private static final int BEFORE_THE_SERVER = SmartLifecycle.DEFAULT_PHASE - 512;
    private static final long LOOK_AGAIN_MS = 20;

    private final Identity identity;
    private final Instances instances;
    private final Upstreams upstreams;
    private final Passersby passersby;
    private final RelayMetrics metrics;
    private final RelayProperties properties;
    private final TraceContext traces;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean draining;

    Relay(
            Identity identity,
            Instances instances,
            Upstreams upstreams,
            Passersby passersby,
            RelayMetrics metrics,
            RelayProperties properties,
            @Value("${management.tracing.sampling.probability:0.01}") double sampled) {
        this.identity = identity;
        this.instances = instances;
        this.upstreams = upstreams;
        this.passersby = passersby;
        this.metrics = metrics;
        this.properties = properties;
        this.traces = new TraceContext(sampled);
        metrics.inFlight(inFlight::get);
    }

    /**
     * An exchange that is to be started once its client is ready for its calls.
     *
     * @param uri what to ask the proxy-service for
     * @param requestId the request's id at this hop
     */
    public Exchange exchange(Client client, HttpRequest request, String uri, String requestId) {
        return new Exchange(this, client, request, uri, requestId);
    }

    Identity identity() {
        return identity;
    }

    Instances instances() {
        return instances;
    }

    Upstreams upstreams() {
        return upstreams;
    }

    Passersby passersby() {
        return passersby;
    }

    RelayProperties properties() {
        return properties;
    }

    TraceContext traces() {
        return traces;
    }

    /** False when there are too many requests under way, or this process is about to end. */
    boolean enter() {
        if (draining) {
            return false;
        }
        if (inFlight.incrementAndGet() <= properties.inFlight()) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    void ended(RelayMetrics.Outcome outcome, long durationNs) {
        metrics.ended(outcome, durationNs);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        draining = true;
        Thread.ofVirtual().name("relay-drain").start(() -> {
            awaitNone(System.nanoTime() + properties.drain().toNanos());
            running = false;
            stopped.run();
        });
    }

    private void awaitNone(long untilNs) {
        try {
            while (inFlight.get() > 0 && System.nanoTime() - untilNs < 0) {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        draining = true;
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BEFORE_THE_SERVER;
    }
}
