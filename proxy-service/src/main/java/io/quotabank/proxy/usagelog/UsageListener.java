package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Writes closed requests into the log, a poll at a time. One that can't be is dead-lettered, the others go on. */
@Component
class UsageListener {

    private record Read(int index, Closed closed) {}

    private final UsageStore store;
    private final JsonMapper json;

    UsageListener(UsageStore store, JsonMapper json) {
        this.store = store;
        this.json = json;
    }

    @KafkaListener(
            topics = UsageEvent.TOPIC,
            groupId = "usage-log",
            batch = "true",
            concurrency = "${quotabank.usage-log.consumers:1}")
    void take(List<ConsumerRecord<String, byte[]>> records) {
        var reads = new ArrayList<Read>(records.size());
        for (int i = 0; i < records.size(); i++) {
            try {
                if (CloudEventRecords.typeOf(records.get(i)).equals(UsageEvent.CLOSED_TYPE)) {
                    reads.add(new Read(i, read(records.get(i))));
                }
            } catch (JacksonException | IllegalArgumentException unreadable) {
                // What came before it is written; the rest comes again without it.
                write(reads);
                throw new BatchListenerFailedException("not a closed request", unreadable, i);
            }
        }
        write(reads);
    }

    private Closed read(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            throw new IllegalArgumentException("a record without a value");
        }
        var closed = json.readValue(record.value(), Closed.class);
        // Refused here where it would fail for the whole batch in the database.
        Ids.millisOf(closed.requestId());
        return closed;
    }

    private void write(List<Read> reads) {
        if (reads.isEmpty()) {
            return;
        }
        try {
            store.insert(reads.stream().map(Read::closed).toList());
        } catch (DataIntegrityViolationException | NullPointerException broken) {
            if (reads.size() == 1) {
                var reason = new IllegalArgumentException("breaks a rule of the table", broken);
                throw new BatchListenerFailedException(
                        "breaks a rule", reason, reads.getFirst().index());
            }
            int half = reads.size() / 2;
            write(reads.subList(0, half));
            write(reads.subList(half, reads.size()));
        }
    }
}
