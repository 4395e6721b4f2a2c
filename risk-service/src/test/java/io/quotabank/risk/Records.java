package io.quotabank.risk;

import io.quotabank.platform.testkit.TestKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** What lies in a topic at the moment. */
public final class Records {

    private static final JsonMapper JSON = new JsonMapper();

    /** All records with a key, in order. */
    public static <T> List<T> of(String topic, String key, Class<T> type) {
        return raw(topic).stream()
                .filter(record -> key.equals(record.key()))
                .map(record -> JSON.readValue(record.value(), type))
                .toList();
    }

    public static List<ConsumerRecord<String, byte[]>> raw(String topic) {
        var settings = new HashMap<String, Object>(Map.of("bootstrap.servers", TestKafka.bootstrapServers()));
        var found = new ArrayList<ConsumerRecord<String, byte[]>>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    private Records() {}
}
