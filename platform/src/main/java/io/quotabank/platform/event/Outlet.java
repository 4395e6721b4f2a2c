package io.quotabank.platform.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;
import tools.jackson.databind.json.JsonMapper;

/** Sends events from the outbox to Kafka. */
final class Outlet {

    // Reading anew waits for the database: not on the producer's own thread.
    private static final Executor VIRTUAL = Thread::startVirtualThread;

    private final KafkaTemplate<String, byte[]> kafka;
    private final CloudEventRecords records;
    private final JsonMapper json;

    Outlet(KafkaTemplate<String, byte[]> kafka, CloudEventRecords records, JsonMapper json) {
        this.kafka = kafka;
        this.records = records;
        this.json = json;
    }

    /** Done when the broker has the event, and nothing newer of its row was left behind it. */
    <E> CompletableFuture<SendResult<String, byte[]>> send(Outbound<E> way, Object event) {
        var published = way.type().cast(event);
        return sendUntilNewest(way, published, way.newest().apply(published));
    }

    private <E> CompletableFuture<SendResult<String, byte[]>> sendUntilNewest(Outbound<E> way, E published, E state) {
        var record = records.record(way.topic(), way.keyOf(state), way.eventType(), json.writeValueAsBytes(state));
        return kafka.send(record)
                .thenComposeAsync(
                        sent -> {
                            var now = way.newest().apply(published);
                            return now.equals(state)
                                    ? CompletableFuture.completedFuture(sent)
                                    : sendUntilNewest(way, published, now);
                        },
                        VIRTUAL);
    }
}
