package io.quotabank.platform.event;

import org.springframework.kafka.core.ConsumerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Makes followers of compacted topics; declare what it returns as a bean, so that it starts and drives readiness. */
public final class CompactedTopics {

    /** Takes each record in order, on one thread. Must not wait for anything that is not in memory. */
    @FunctionalInterface
    public interface Follower<E> {
        void take(E value);
    }

    private final ConsumerFactory<String, byte[]> consumers;
    private final JsonMapper json;

    CompactedTopics(ConsumerFactory<String, byte[]> consumers, JsonMapper json) {
        this.consumers = consumers;
        this.json = json;
    }

    /**
     * A record that can't be read is logged and left out. A tombstone is passed over: what has ended is told by a state
     * of its record, not by its absence.
     */
    public <E> CompactedTopic follow(String topic, Class<E> type, Follower<? super E> follower) {
        return new CompactedTopic(topic, consumers, record -> {
            if (record.value() != null) {
                follower.take(json.readValue(record.value(), type));
            }
        });
    }
}
