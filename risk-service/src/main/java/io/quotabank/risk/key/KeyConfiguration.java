package io.quotabank.risk.key;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class KeyConfiguration {

    @Bean
    NewTopic poolKeyDeadLetters(Topics topics) {
        return topics.deadLetters(PoolKeyRecord.TOPIC);
    }
}
