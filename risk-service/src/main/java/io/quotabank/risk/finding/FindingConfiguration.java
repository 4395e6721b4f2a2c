package io.quotabank.risk.finding;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class FindingConfiguration {

    @Bean
    NewTopic findingsTopic(Topics topics) {
        return topics.keyed(FindingRecord.TOPIC);
    }

    @Bean
    Outbound<FindingRecord> findingRecords() {
        return new Outbound<>(
                FindingRecord.class, FindingRecord.TOPIC, FindingRecord.TYPE, FindingConfiguration::keyOf);
    }

    private static String keyOf(FindingRecord found) {
        var id = found.keyId();
        var blamed = found.host() == null ? found.provider() : found.host();
        return (id == null ? UUID.nameUUIDFromBytes(blamed.getBytes(StandardCharsets.UTF_8)) : id).toString();
    }
}
