package io.quotabank.risk.signal;

import io.quotabank.contracts.usage.UsageEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** How far all instances together have read the usage topic. An offset is committed behind the transaction. */
@Component
class ConsumedUsage {

    static final String GROUP = "risk-service";

    private static final Logger LOG = LoggerFactory.getLogger(ConsumedUsage.class);
    private static final int TIME_LIMIT_MS = 5_000;

    private final KafkaAdmin kafka;

    ConsumedUsage(KafkaAdmin kafka) {
        this.kafka = kafka;
    }

    /** True where every record that was sent before an instant has been read; false also where the broker does not tell. */
    boolean until(Instant sent) {
        try (var admin = Admin.create(settings())) {
            var partitions = partitions(admin);
            var ends = offsets(admin, partitions, OffsetSpec.latest());
            var starts = offsets(admin, partitions, OffsetSpec.earliest());
            var later = offsets(admin, partitions, OffsetSpec.forTimestamp(sent.toEpochMilli()));
            var committed = admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get();
            return partitions.stream().allMatch(partition -> {
                long first = offset(later, partition);
                long needed = first < 0 ? offset(ends, partition) : first;
                var read = committed.get(partition);
                long reached = read == null ? offset(starts, partition) : read.offset();
                return reached >= needed;
            });
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException silent) {
            LOG.warn("the broker does not tell how far usage was read: {}", silent.toString());
            return false;
        }
    }

    private static List<TopicPartition> partitions(Admin admin) throws ExecutionException, InterruptedException {
        var described = admin.describeTopics(List.of(UsageEvent.TOPIC)).allTopicNames();
        return described.get().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(part -> new TopicPartition(UsageEvent.TOPIC, part.partition()))
                .toList();
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
            Admin admin, List<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> wanted.put(partition, which));
        return admin.listOffsets(wanted).all().get();
    }

    private static long offset(Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
        var found = offsets.get(partition);
        if (found == null) {
            throw new IllegalStateException("the broker left out " + partition);
        }
        return found.offset();
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka.getConfigurationProperties());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIME_LIMIT_MS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIME_LIMIT_MS);
        return settings;
    }
}
