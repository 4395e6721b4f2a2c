package io.quotabank.systemtests.stack;

import io.quotabank.contracts.entry.EntryRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code ledger.entries.v1} from its beginning on, as any team would. */
public final class EntryTopic implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<EntryRecord> seen = new ArrayList<>();

    public EntryTopic(Stack stack) {
        var settings = new Properties();
        settings.put("bootstrap.servers", stack.kafka());
        settings.put("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(EntryRecord.TOPIC).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** A person's entries so far, in the order in which they came, repetitions included. */
    public List<EntryRecord> of(UUID person) {
        for (var records = consumer.poll(POLL); !records.isEmpty(); records = consumer.poll(POLL)) {
            records.forEach(record -> seen.add(JSON.readValue(record.value(), EntryRecord.class)));
        }
        return seen.stream()
                .filter(entry -> entry.account().equals("user:" + person))
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
