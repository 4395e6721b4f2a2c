package io.quotabank.ledger.settlement;

import io.quotabank.contracts.usage.UsageLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Tells why usage events were put aside, by this service or by the usage log. */
@Component
public class PutAside {

    private static final Logger LOG = LoggerFactory.getLogger(PutAside.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long MOST_LETTERS = 100_000;
    private static final TopicPartition LETTERS = new TopicPartition(UsageDeadLetters.TOPIC, 0);
    private static final String GROUP_HEADER = "kafka_dlt-original-consumer-group";
    private static final String MESSAGE_HEADER = "kafka_dlt-exception-message";

    private final ConsumerFactory<String, byte[]> consumers;
    private final JsonMapper json;

    PutAside(ConsumerFactory<String, byte[]> consumers, JsonMapper json) {
        this.consumers = consumers;
        this.json = json;
    }

    /**
     * The newest reasons for those of these requests that were put aside, by whom and why, among the last 100,000 dead
     * letters. Empty where the broker is away.
     */
    public Map<UUID, String> reasons(Set<UUID> requests) {
        try (var consumer = consumers.createConsumer(null, null, null, null)) {
            consumer.assign(List.of(LETTERS));
            return read(consumer, requests);
        } catch (KafkaException away) {
            LOG.warn("dead letters can't be read: {}", away.toString());
            return Map.of();
        }
    }

    private Map<UUID, String> read(Consumer<String, byte[]> consumer, Set<UUID> requests) {
        long end = consumer.endOffsets(List.of(LETTERS), ANSWER).getOrDefault(LETTERS, 0L);
        long begin = consumer.beginningOffsets(List.of(LETTERS), ANSWER).getOrDefault(LETTERS, 0L);
        consumer.seek(LETTERS, Math.max(begin, end - MOST_LETTERS));
        var reasons = new HashMap<UUID, String>();
        while (consumer.position(LETTERS, ANSWER) < end) {
            for (var letter : consumer.poll(POLL)) {
                var why = why(letter);
                if (why != null) {
                    request(letter).filter(requests::contains).ifPresent(id -> reasons.put(id, why));
                }
            }
        }
        return reasons;
    }

    private Optional<UUID> request(ConsumerRecord<String, byte[]> letter) {
        try {
            var id = letter.value() == null
                    ? null
                    : json.readTree(letter.value()).get("requestId");
            return id == null || !id.isString() ? Optional.empty() : Optional.of(UUID.fromString(id.asString()));
        } catch (JacksonException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static @Nullable String why(ConsumerRecord<String, byte[]> letter) {
        if (UsageDeadLetters.CONSUMER.equals(text(letter, UsageDeadLetters.CONSUMER_HEADER))) {
            return UsageDeadLetters.CONSUMER + ", " + text(letter, UsageDeadLetters.REASON_HEADER);
        }
        return UsageLog.GROUP.equals(text(letter, GROUP_HEADER))
                ? UsageLog.GROUP + ", " + text(letter, MESSAGE_HEADER)
                : null;
    }

    private static @Nullable String text(ConsumerRecord<String, byte[]> letter, String name) {
        var header = letter.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
