package io.quotabank.ledger.grant;

import io.quotabank.contracts.grant.GrantRecord;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class GrantConfiguration {

    @Bean
    NewTopic grantsTopic(Topics topics) {
        return topics.keyed(GrantRecord.TOPIC);
    }

    @Bean
    Outbound<GrantRecord> grantRecords() {
        return new Outbound<>(
                GrantRecord.class,
                GrantRecord.TOPIC,
                GrantRecord.TYPE,
                record -> record.userId().toString());
    }
}
