package io.quotabank.platform.event;

import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Says that events of a type leave the service. A bean of this type makes {@code publishEvent(event)}, called inside a
 * transaction, write the event to the outbox with it; it is sent after the commit, and sent again until the broker has
 * it. It may arrive twice.
 *
 * @param topic where it goes
 * @param eventType the CloudEvents type
 * @param key the record's key
 * @param newest reads the state that the event told anew, see {@link #newest}
 */
public record Outbound<E>(
        Class<E> type, String topic, String eventType, Function<E, String> key, UnaryOperator<E> newest) {

    /** Events that are sent as they were published. They may, after a failure, arrive later than their successors. */
    public Outbound(Class<E> type, String topic, String eventType, Function<E, String> key) {
        this(type, topic, eventType, key, UnaryOperator.identity());
    }

    /**
     * For a compacted topic, where the last record of a key is the one that stays: instead of the event, what {@code
     * read} finds for it is sent, and again when that has changed by the time the broker has it. So the last record is
     * the newest state, whatever was late, failed, or was sent by another instance meanwhile.
     *
     * @param read reads the row anew and outside of any transaction; gives the event itself where the row is gone
     */
    public Outbound<E> newest(UnaryOperator<E> read) {
        return new Outbound<>(type, topic, eventType, key, read);
    }

    String keyOf(E event) {
        return key.apply(event);
    }
}
