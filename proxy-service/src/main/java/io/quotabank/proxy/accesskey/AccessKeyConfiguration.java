package io.quotabank.proxy.accesskey;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.cap.LedgerCaps;
import io.quotabank.platform.event.Outbound;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableFeignClients(clients = LedgerCaps.class)
@EnableConfigurationProperties(AccessKeyProperties.class)
class AccessKeyConfiguration {

    // A late re-send must not leave an older record as a key's last on the compacted topic: it would revive the
    // revoked.
    @Bean
    Outbound<AccessKeyRecord> accessKeysOutbound(ObjectProvider<AccessKeyStore> store) {
        return new Outbound<>(AccessKeyRecord.class, AccessKeyRecord.TOPIC, AccessKeyRecord.TYPE, AccessKeyRecord::hash)
                .newest(record -> store.getObject()
                        .byHash(record.hash())
                        .map(AccessKey::published)
                        .orElse(record));
    }
}
