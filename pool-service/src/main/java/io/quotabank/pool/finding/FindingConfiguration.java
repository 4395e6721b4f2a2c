package io.quotabank.pool.finding;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class FindingConfiguration {

    @Bean
    NewTopic findingDeadLetters(Topics topics) {
        return topics.deadLetters(FindingRecord.TOPIC);
    }
}
