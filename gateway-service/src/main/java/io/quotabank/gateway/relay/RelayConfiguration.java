package io.quotabank.gateway.relay;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RelayConfiguration {

    /** Up while there is somewhere to relay to; whether it answers is found out request by request. */
    @Bean
    HealthIndicator relayHealthIndicator(Instances instances) {
        return () -> (instances.any() ? Health.up() : Health.down())
                .withDetail("proxy-service", instances.any() ? "known" : "no instance")
                .build();
    }
}
