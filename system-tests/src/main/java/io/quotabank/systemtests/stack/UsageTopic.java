package io.quotabank.systemtests.stack;

import io.quotabank.contracts.usage.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** Follows {@code usage.v1} from where it ends when this is opened, as any team that reads the topic would. */
public final class UsageTopic implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<UUID, UsageEvent.Closed> closed = new LinkedHashMap<>();

    public UsageTopic(Stack stack) {
        var settings = new Properties();
        settings.put("bootstrap.servers", stack.kafka());
        settings.put("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(UsageEvent.TOPIC).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Every closing record so far, the first of each request. */
    public Map<UUID, UsageEvent.Closed> closed() {
        for (var records = poll(); !records.isEmpty(); records = poll()) {
            records.stream()
                    .filter(record -> UsageEvent.CLOSED_TYPE.equals(header(record, "ce_type")))
                    .map(record -> JSON.readValue(record.value(), UsageEvent.Closed.class))
                    .forEach(event -> closed.putIfAbsent(event.requestId(), event));
        }
        return closed;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private List<ConsumerRecord<byte[], byte[]>> poll() {
        var records = new java.util.ArrayList<ConsumerRecord<byte[], byte[]>>();
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        return records;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
