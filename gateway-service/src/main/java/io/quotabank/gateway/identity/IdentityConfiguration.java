package io.quotabank.gateway.identity;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.event.CompactedTopics;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(value = "gatewayIdentityConfiguration", proxyBeanMethods = false)
class IdentityConfiguration {

    @Bean
    CompactedTopic accessKeysTopic(CompactedTopics topics, AccessKeys keys) {
        return topics.follow(AccessKeyRecord.TOPIC, AccessKeyRecord.class, keys::announce);
    }

    /** Up once the realm's keys have been fetched; from then on they are kept, so Keycloak may go. */
    @Bean
    HealthIndicator identityHealthIndicator(SigningKeys keys) {
        return () -> (keys.known() ? Health.up() : Health.down())
                .withDetail("realm keys", keys.known() ? "known" : "never fetched")
                .build();
    }

    /** Done before this process says that it is ready. */
    @Bean
    ApplicationRunner firstQuestion(AccessKeyClient client) {
        return arguments -> client.warmUp();
    }
}
