package io.quotabank.ledger.settlement;

import io.quotabank.contracts.usage.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/** Puts records that can't be settled aside, whole and with the reason, so that they block nobody. */
@Component
class UsageDeadLetters {

    static final String TOPIC = UsageEvent.TOPIC + ".dlt";
    static final String CONSUMER = "ledger-service";
    static final String CONSUMER_HEADER = "quotabank-dlt-consumer";
    static final String REASON_HEADER = "quotabank-dlt-reason";
    static final String PARTITION_HEADER = "quotabank-dlt-partition";
    static final String OFFSET_HEADER = "quotabank-dlt-offset";

    private static final Logger LOG = LoggerFactory.getLogger(UsageDeadLetters.class);

    private final KafkaTemplate<String, byte[]> kafka;
    private final SettlementMetrics metrics;
    private final SettlementProperties properties;

    UsageDeadLetters(KafkaTemplate<String, byte[]> kafka, SettlementMetrics metrics, SettlementProperties properties) {
        this.kafka = kafka;
        this.metrics = metrics;
        this.properties = properties;
    }

    /** Returns when the broker has stored it; fails, so that the batch is tried again, where it does not in time. */
    void put(ConsumerRecord<String, byte[]> record, int partition, long offset, String reason) {
        var letter = new ProducerRecord<>(TOPIC, null, record.key(), record.value(), record.headers());
        set(letter.headers(), CONSUMER_HEADER, CONSUMER);
        set(letter.headers(), REASON_HEADER, reason);
        set(letter.headers(), PARTITION_HEADER, Integer.toString(partition));
        set(letter.headers(), OFFSET_HEADER, Long.toString(offset));
        try {
            kafka.send(letter).get(properties.sendTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new KafkaException("stopped while sending a dead letter", stopped);
        } catch (ExecutionException | TimeoutException unsent) {
            throw new KafkaException("a dead letter could not be sent", unsent);
        }
        metrics.dead();
        LOG.error("put aside the usage event at {}-{}: {}", partition, offset, reason);
    }

    private static void set(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
