package io.quotabank.proxy;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The topics that this service owns; either role makes what is missing. */
@Configuration(proxyBeanMethods = false)
class TopicConfiguration {

    @Bean
    NewTopic usageTopic(Topics topics) {
        return topics.keyed(UsageEvent.TOPIC);
    }

    @Bean
    NewTopic usageDeadLetters(Topics topics) {
        return topics.deadLetters(UsageEvent.TOPIC);
    }

    @Bean
    NewTopic accessKeysTopic(Topics topics) {
        return topics.compacted(AccessKeyRecord.TOPIC);
    }

    @Bean
    NewTopic accessKeysDeadLetters(Topics topics) {
        return topics.deadLetters(AccessKeyRecord.TOPIC);
    }
}
