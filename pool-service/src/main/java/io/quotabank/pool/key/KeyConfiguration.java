package io.quotabank.pool.key;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class KeyConfiguration {

    @Bean
    NewTopic poolKeysTopic(Topics topics) {
        return topics.compacted(PoolKeyRecord.TOPIC);
    }

    @Bean
    Outbound<PoolKeyRecord> poolKeyRecords() {
        return new Outbound<>(
                PoolKeyRecord.class,
                PoolKeyRecord.TOPIC,
                PoolKeyRecord.TYPE,
                record -> record.keyId().toString());
    }
}
