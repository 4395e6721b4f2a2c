package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageLog;
import io.quotabank.platform.batch.EventBatches;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes closed requests into the log, a poll at a time. */
@Component
class UsageListener {

    private final EventBatches<Closed> batches;

    UsageListener(UsageStore store, JsonMapper json) {
        this.batches = new EventBatches<>(UsageEvent.CLOSED_TYPE, Closed.class, json, store::insert);
    }

    @KafkaListener(
            topics = UsageEvent.TOPIC,
            groupId = UsageLog.GROUP,
            batch = "true",
            concurrency = "${quotabank.usage-log.consumers:1}")
    void take(List<ConsumerRecord<String, byte[]>> polled) {
        batches.take(polled);
    }
}
