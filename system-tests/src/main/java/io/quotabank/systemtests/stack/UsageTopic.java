package io.quotabank.systemtests.stack;

import io.quotabank.contracts.usage.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** Follows {@code usage.v1} from where it ends when this is opened, as any team that reads the topic would. */
public final class UsageTopic implements AutoCloseable {

    /** A record as it is on the topic. */
    public record Raw(String key, Map<String, String> headers, String json) {
        public String type() {
            return headers.getOrDefault("ce_type", "");
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Raw> raw = new ArrayList<>();
    private int read;
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
        var ends = consumer.endOffsets(consumer.assignment());
        // A poll may come back empty while there is more.
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("usage.v1 could not be read to its end within " + PATIENCE);
            }
            raw.addAll(poll());
        }
        raw.subList(read, raw.size()).stream()
                .filter(record -> UsageEvent.CLOSED_TYPE.equals(record.type()))
                .map(record -> JSON.readValue(record.json(), UsageEvent.Closed.class))
                .forEach(event -> closed.putIfAbsent(event.requestId(), event));
        read = raw.size();
        return closed;
    }

    /** Every record so far as it came. */
    public List<Raw> raw() {
        closed();
        return raw;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private List<Raw> poll() {
        var records = new ArrayList<Raw>();
        for (var record : consumer.poll(Duration.ofMillis(200))) {
            var headers = new HashMap<String, String>();
            for (var header : record.headers()) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
            records.add(new Raw(
                    new String(record.key(), StandardCharsets.UTF_8),
                    headers,
                    new String(record.value(), StandardCharsets.UTF_8)));
        }
        return records;
    }
}
