package io.quotabank.proxy.accesskey;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.platform.event.Outbound;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessKeyProperties.class)
class AccessKeyConfiguration {

    @Bean
    Outbound<AccessKeyRecord> accessKeysOutbound() {
        return new Outbound<>(
                AccessKeyRecord.class, AccessKeyRecord.TOPIC, AccessKeyRecord.TYPE, AccessKeyRecord::hash);
    }
}
