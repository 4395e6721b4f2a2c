package io.quotabank.ledger.reconciliation;

import io.quotabank.contracts.usage.UsageEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * How far the ledger and the usage log have read the usage topic. Both commit an offset only after the transaction that
 * wrote what was read, so an event below both offsets is in both databases, or was put aside.
 */
@Component
class ConsumedUsage {

    private static final int TIME_LIMIT_MS = 5_000;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final KafkaAdmin kafka;
    private final List<String> groups;

    ConsumedUsage(
            KafkaAdmin kafka,
            @Value("${quotabank.settlement.group:ledger-service}") String ledger,
            ReconciliationProperties properties) {
        this.kafka = kafka;
        this.groups = List.of(ledger, properties.usageLogGroup());
    }

    /**
     * Waits until both have read all that is in the topic now. Empty where they have, else the group that is behind.
     *
     * @throws KafkaException where the broker does not tell
     */
    Optional<String> awaitAllRead(Duration atMost) {
        try (var admin = Admin.create(settings())) {
            var ends = ends(admin);
            long until = System.nanoTime() + atMost.toNanos();
            var behind = behind(admin, ends);
            while (behind.isPresent() && System.nanoTime() < until) {
                Thread.sleep(PAUSE);
                behind = behind(admin, ends);
            }
            return behind;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new KafkaException("stopped while waiting for the consumers", stopped);
        } catch (ExecutionException failed) {
            throw new KafkaException("the broker does not tell how far the consumers are", failed);
        }
    }

    private Optional<String> behind(Admin admin, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        for (var group : groups) {
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            for (var end : ends.entrySet()) {
                var read = committed.get(end.getKey());
                if (read == null || read.offset() < end.getValue()) {
                    return Optional.of(group);
                }
            }
        }
        return Optional.empty();
    }

    /** Of partitions that have something in them: nobody commits an offset of the others. */
    private static Map<TopicPartition, Long> ends(Admin admin) throws ExecutionException, InterruptedException {
        try {
            var described = admin.describeTopics(List.of(UsageEvent.TOPIC)).allTopicNames();
            var partitions = described.get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(part -> new TopicPartition(UsageEvent.TOPIC, part.partition()))
                    .toList();
            var starts = offsets(admin, partitions, OffsetSpec.earliest());
            var ends = new HashMap<>(offsets(admin, partitions, OffsetSpec.latest()));
            ends.entrySet().removeIf(end -> end.getValue().equals(starts.get(end.getKey())));
            return ends;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return Map.of();
            }
            throw failed;
        }
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, List<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        var wanted = partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which));
        return admin.listOffsets(wanted).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, found -> found.getValue().offset()));
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka.getConfigurationProperties());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIME_LIMIT_MS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIME_LIMIT_MS);
        return settings;
    }
}
