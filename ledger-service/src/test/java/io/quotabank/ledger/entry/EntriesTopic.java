package io.quotabank.ledger.entry;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.testkit.TestKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** The topic of entries as other teams read it. */
final class EntriesTopic {

    /** All that was published so far with the keys of these people, in order per key. */
    static List<EntryRecord> of(Set<UUID> people) {
        var found = new ArrayList<EntryRecord>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(EntryRecord.TOPIC).stream()
                    .map(part -> new TopicPartition(EntryRecord.TOPIC, part.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    var entry = JsonMapper.shared().readValue(record.value(), EntryRecord.class);
                    if (entry.userId() != null && people.contains(entry.userId())) {
                        if (!record.key().equals(entry.userId().toString())
                                || !CloudEventRecords.typeOf(record).equals(EntryRecord.TYPE)) {
                            throw new AssertionError("key or type is wrong: " + record);
                        }
                        found.add(entry);
                    }
                }
            }
        }
        return found;
    }

    private EntriesTopic() {}
}
