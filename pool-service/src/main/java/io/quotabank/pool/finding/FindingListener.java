package io.quotabank.pool.finding;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.platform.batch.EventBatches;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Takes what risk-service found, a poll at a time. */
@Component
class FindingListener {

    private final EventBatches<FindingRecord> batches;

    FindingListener(Findings findings, JsonMapper json) {
        this.batches = new EventBatches<>(FindingRecord.TYPE, FindingRecord.class, json, findings::heed);
    }

    @KafkaListener(topics = FindingRecord.TOPIC, groupId = "pool-service-findings", batch = "true")
    void take(List<ConsumerRecord<String, byte[]>> polled) {
        batches.take(polled);
    }
}
