package io.quotabank.ledger;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.json.JsonMapper;

/** The usage topic as a proxy writes it, and its dead-letter twin as an operator reads it. */
public final class UsageTopic {

    private static final CloudEventRecords RECORDS = new CloudEventRecords("proxy-service", Clock.systemUTC());
    private static final TopicPartition DEAD = new TopicPartition(UsageEvent.TOPIC + ".dlt", 0);

    /** Started on first use. */
    private static final class Out {
        static final KafkaProducer<String, byte[]> PRODUCER = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "acks", "all", "linger.ms", "5"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    public static void send(Closed... events) {
        send(List.of(events));
    }

    public static void send(List<Closed> events) {
        var sent =
                events.stream().map(event -> Out.PRODUCER.send(record(event))).toList();
        sent.forEach(UsageTopic::await);
    }

    public static ProducerRecord<String, byte[]> record(Closed event) {
        return RECORDS.record(
                UsageEvent.TOPIC,
                event.userId().toString(),
                UsageEvent.CLOSED_TYPE,
                JsonMapper.shared().writeValueAsBytes(event));
    }

    /** As it is sent for a request that was traced so. */
    public static void sendTraced(Closed event, String traceparent) {
        var record = record(event);
        record.headers().add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
        await(Out.PRODUCER.send(record));
    }

    /** As a consumer of that name puts it aside. */
    public static void sendDead(Closed event, String consumer) {
        var sent = record(event);
        var letter = new ProducerRecord<>(DEAD.topic(), null, sent.key(), sent.value(), sent.headers());
        Map.of(
                        "quotabank-dlt-consumer", consumer,
                        "quotabank-dlt-reason", "a test",
                        "quotabank-dlt-partition", "3",
                        "quotabank-dlt-offset", "4")
                .forEach((name, value) -> letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        await(Out.PRODUCER.send(letter));
    }

    /** Anything, as it is. */
    public static void sendRaw(UUID key, String type, byte[] value) {
        await(Out.PRODUCER.send(RECORDS.record(UsageEvent.TOPIC, key.toString(), type, value)));
    }

    private static void await(Future<?> sending) {
        try {
            sending.get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        } catch (ExecutionException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** Reasons for which records with this key were put aside so far. */
    public static List<String> deadLetters(UUID key) {
        var reasons = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(DEAD));
            consumer.seekToBeginning(List.of(DEAD));
            long end = consumer.endOffsets(List.of(DEAD)).get(DEAD);
            while (consumer.position(DEAD) < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (key.toString().equals(record.key())) {
                        reasons.add(new String(
                                record.headers()
                                        .lastHeader("quotabank-dlt-reason")
                                        .value(),
                                StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return reasons;
    }

    private UsageTopic() {}
}
