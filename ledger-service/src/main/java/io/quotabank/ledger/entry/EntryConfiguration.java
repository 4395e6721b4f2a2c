package io.quotabank.ledger.entry;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class EntryConfiguration {

    @Bean
    NewTopic entriesTopic(Topics topics) {
        return topics.keyed(EntryRecord.TOPIC);
    }
}
