package io.quotabank.proxy.journal;

import io.quotabank.contracts.usage.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends to {@code usage.v1} as CloudEvents in binary mode, keyed by the user so that a user's events keep their order. */
final class KafkaUsageTransport implements UsageTransport {

    private static final byte[] SPEC_VERSION = utf8("1.0");
    private static final byte[] SOURCE = utf8("/proxy-service");
    private static final byte[] JSON = utf8("application/json");
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Map<String, Object> settings;
    private @Nullable Producer<byte[], byte[]> producer;

    KafkaUsageTransport(Map<String, Object> base) {
        var all = new HashMap<>(base);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // As in the platform's settings: a new partition's first batch must not be overtaken.
        all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        all.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // The journal is the buffer: a full or leaderless producer says so soon, and is tried again for ever.
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600_000);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        all.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        all.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000);
        this.settings = all;
    }

    @Override
    public void send(UsageMessage message, Consumer<@Nullable Exception> answer) {
        try {
            // Its answer comes by the callback, also where the future would have failed at once.
            var _ = producer().send(record(message), (metadata, failure) -> answer.accept(failure));
        } catch (InterruptException stopping) {
            Thread.currentThread().interrupt();
            answer.accept(stopping);
        } catch (RuntimeException broken) {
            answer.accept(broken);
        }
    }

    @Override
    public synchronized void restart() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(CLOSE_TIMEOUT);
            producer = null;
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    private static ProducerRecord<byte[], byte[]> record(UsageMessage message) {
        var record =
                new ProducerRecord<>(UsageEvent.TOPIC, utf8(message.userId().toString()), message.event());
        record.headers()
                .add("ce_specversion", SPEC_VERSION)
                .add("ce_id", utf8(idOf(message)))
                .add("ce_source", SOURCE)
                .add("ce_type", utf8(message.type()))
                .add("ce_time", utf8(Instant.ofEpochMilli(message.timeMs()).toString()))
                .add("content-type", JSON);
        if (message.traceparent() != null) {
            record.headers().add("traceparent", utf8(message.traceparent()));
        }
        return record;
    }

    // A request opens and closes by its own id, but an event's id is its alone.
    private static String idOf(UsageMessage message) {
        var id = message.id().toString();
        return message.type().equals(UsageEvent.OPENED_TYPE) ? id + "-opened" : id;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
