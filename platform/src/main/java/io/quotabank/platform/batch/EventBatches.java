package io.quotabank.platform.batch;

import io.quotabank.platform.event.CloudEventRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.listener.BatchListenerFailedException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hands on what a poll holds of one type of event, together. An event that can't be read or that breaks a rule is found by
 * halving and named to the container, so that it alone is dead-lettered and the others go on; any other failure is the
 * whole poll's.
 */
public final class EventBatches<T> {

    private record Read<T>(int index, T event) {}

    private final String type;
    private final Class<T> as;
    private final JsonMapper json;
    private final Consumer<List<T>> receiver;

    /**
     * @param type the CloudEvents type; records of another are passed over
     * @param receiver takes all of a list or, by an exception, nothing of it
     */
    public EventBatches(String type, Class<T> as, JsonMapper json, Consumer<List<T>> receiver) {
        this.type = type;
        this.as = as;
        this.json = json;
        this.receiver = receiver;
    }

    /** @throws BatchListenerFailedException names the first record that can't be taken; those before it are taken */
    public void take(List<ConsumerRecord<String, byte[]>> polled) {
        var reads = new ArrayList<Read<T>>(polled.size());
        for (int i = 0; i < polled.size(); i++) {
            if (CloudEventRecords.typeOf(polled.get(i)).equals(type)) {
                try {
                    reads.add(new Read<>(i, read(polled.get(i))));
                } catch (JacksonException | IllegalArgumentException unreadable) {
                    hand(reads);
                    throw new BatchListenerFailedException("not readable as " + type, unreadable, i);
                }
            }
        }
        hand(reads);
    }

    private T read(ConsumerRecord<String, byte[]> record) {
        var event = record.value() == null ? null : json.readValue(record.value(), as);
        if (event == null) {
            throw new IllegalArgumentException("a record without a value");
        }
        return event;
    }

    // Halves in order: what comes before the bad one has been taken when it is found.
    private void hand(List<Read<T>> reads) {
        if (reads.isEmpty()) {
            return;
        }
        try {
            receiver.accept(reads.stream().map(Read::event).toList());
        } catch (IllegalArgumentException
                | ArithmeticException
                | NullPointerException
                | DataIntegrityViolationException broken) {
            if (reads.size() == 1) {
                // An illegal argument is not tried again.
                var reason = new IllegalArgumentException("breaks a rule", broken);
                throw new BatchListenerFailedException(
                        "breaks a rule", reason, reads.getFirst().index());
            }
            int half = reads.size() / 2;
            hand(reads.subList(0, half));
            hand(reads.subList(half, reads.size()));
        }
    }
}
