package io.quotabank.ledger.settlement;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tries dead letters of this service again, each once: from where the last replay ended to what was there when this one
 * began. Those that still can't be settled are put aside again. What was settled meanwhile is known, and changes nothing.
 */
@Component
class DeadLetterReplay {

    /**
     * What one replay came to.
     *
     * @param settled now, or known as settled before
     * @param aside still can't be settled, and are dead letters again
     */
    record Replayed(
            int tried,
            int settled,
            @JsonProperty("put_aside") int aside) {}

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final TopicPartition LETTERS = new TopicPartition(UsageDeadLetters.TOPIC, 0);

    private final ConsumerFactory<String, byte[]> consumers;
    private final SettlementListener listener;
    private final JsonMapper json;
    private final SettlementProperties properties;
    private final ReentrantLock alone = new ReentrantLock();

    DeadLetterReplay(
            ConsumerFactory<String, byte[]> consumers,
            SettlementListener listener,
            JsonMapper json,
            SettlementProperties properties) {
        this.consumers = consumers;
        this.listener = listener;
        this.json = json;
        this.properties = properties;
    }

    Replayed run() {
        alone.lock();
        try (var consumer = consumers.createConsumer(properties.group() + "-replay", null, null, settings())) {
            consumer.assign(List.of(LETTERS));
            return replay(consumer);
        } finally {
            alone.unlock();
        }
    }

    private Replayed replay(Consumer<String, byte[]> consumer) {
        long end = consumer.endOffsets(List.of(LETTERS), ANSWER).getOrDefault(LETTERS, 0L);
        int tried = 0;
        int aside = 0;
        while (consumer.position(LETTERS, ANSWER) < end) {
            var readings = new ArrayList<Reading>();
            for (var record : consumer.poll(POLL)) {
                if (record.offset() < end
                        && UsageDeadLetters.CONSUMER.equals(text(record, UsageDeadLetters.CONSUMER_HEADER))) {
                    readings.add(reading(record));
                }
            }
            aside += listener.take(readings);
            consumer.commitSync(ANSWER);
            tried += readings.size();
        }
        return new Replayed(tried, tried - aside, aside);
    }

    private Reading reading(ConsumerRecord<String, byte[]> record) {
        return Reading.of(
                record,
                (int) number(record, UsageDeadLetters.PARTITION_HEADER),
                number(record, UsageDeadLetters.OFFSET_HEADER),
                json);
    }

    private static long number(ConsumerRecord<String, byte[]> record, String header) {
        var text = text(record, header);
        return text == null ? 0 : Long.parseLong(text);
    }

    private static @Nullable String text(ConsumerRecord<String, byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static Properties settings() {
        var settings = new Properties();
        settings.putAll(Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
        return settings;
    }
}
