package io.quotabank.proxy.relay;

import io.quotabank.proxy.metering.SseScanner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fills the silence of a stream with chunks without choices, for clients and servers between that give up what is
 * silent. A chunk has all that a strict reader wants of one, taken from the stream's own first; never a comment, which
 * some clients choke on. It is written by another thread than the stream's, so both take {@link #lock} to write.
 */
final class HeartBeat {

    /** Writes and flushes one event, with the lock held. */
    @FunctionalInterface
    interface Write {
        void event(byte[] json);
    }

    private static final JsonMapper JSON = new JsonMapper();
    private static final String[] OF_EVERY_CHUNK = {"id", "object", "created", "model"};

    final ReentrantLock lock = new ReentrantLock();

    private final long afterNanos;
    private final Write write;
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile long heardNanos;
    private byte @Nullable [] first;

    HeartBeat(Duration after, Write write) {
        this.afterNanos = after.toNanos();
        this.write = write;
    }

    boolean isWanted() {
        return afterNanos > 0;
    }

    /** With the lock held: the client has got an event. */
    void heard(SseScanner.Event event) {
        heardNanos = System.nanoTime();
        if (first == null) {
            first = event.data();
        }
    }

    /** Never waits. */
    void look() {
        if (System.nanoTime() - heardNanos > afterNanos && beating.compareAndSet(false, true)) {
            Thread.ofVirtual().name("heart-beat").start(this::beat);
        }
    }

    private void beat() {
        lock.lock();
        try {
            var chunk = chunk();
            if (chunk != null) {
                write.event(chunk);
                heardNanos = System.nanoTime();
            }
        } finally {
            lock.unlock();
            beating.set(false);
        }
    }

    /** Null where the first chunk was not what a chunk should be. */
    private byte @Nullable [] chunk() {
        if (first == null) {
            return null;
        }
        JsonNode whole;
        try {
            whole = JSON.readTree(first);
        } catch (JacksonException notJson) {
            return null;
        }
        var chunk = JSON.createObjectNode();
        for (var name : OF_EVERY_CHUNK) {
            var value = whole.get(name);
            if (value == null || value.isNull()) {
                return null;
            }
            chunk.set(name, value);
        }
        chunk.putArray("choices");
        return chunk.toString().getBytes(StandardCharsets.UTF_8);
    }
}
