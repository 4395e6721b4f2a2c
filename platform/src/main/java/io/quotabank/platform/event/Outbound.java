package io.quotabank.platform.event;

import java.util.function.Function;

/**
 * Says that events of a type leave the service. A bean of this type makes {@code publishEvent(event)}, called inside a
 * transaction, write the event to the outbox with it; it is sent after the commit, and sent again until the broker has
 * it. An event may arrive twice and, after a failure, later than its successors: it carries a version.
 *
 * @param topic where it goes
 * @param eventType the CloudEvents type
 * @param key the record's key
 */
public record Outbound<E>(Class<E> type, String topic, String eventType, Function<E, String> key) {

    String keyOf(Object event) {
        return key.apply(type.cast(event));
    }
}
