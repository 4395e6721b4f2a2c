package io.quotabank.ledger.reconciliation;

import io.quotabank.contracts.reconciliation.ReconciliationRecord;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ReconciliationConfiguration {

    @Bean
    NewTopic reconciliationTopic(Topics topics) {
        return topics.keyed(ReconciliationRecord.TOPIC);
    }

    @Bean
    Outbound<ReconciliationRecord> reconciliationRecords() {
        return new Outbound<>(
                ReconciliationRecord.class,
                ReconciliationRecord.TOPIC,
                ReconciliationRecord.TYPE,
                record -> record.runId().toString());
    }
}
