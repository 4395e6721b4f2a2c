package io.quotabank.proxy.routing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.event.CompactedTopics;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RoutingProperties.class)
class RoutingConfiguration {

    @Bean
    Routing routing(RoutingProperties properties, Clock clock) {
        var routing = new Routing(properties, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), clock);
        routing.start();
        return routing;
    }

    @Bean
    MeterBinder flaggedKeys(Routing routing) {
        return registry -> Gauge.builder("quotabank.keys.flagged", routing, Routing::flagged)
                .description("keys that fail on and on and are left to a person")
                .register(registry);
    }

    // Details only: a pool without keys is answered by "no available key", it is no reason to be out of service.
    @Bean
    HealthIndicator keyTableHealthIndicator(Routing routing) {
        return () -> Health.up().withDetail("keys", routing.keys()).build();
    }

    @Bean
    CompactedTopic poolKeys(CompactedTopics topics, Routing routing) {
        return topics.follow(PoolKeyRecord.TOPIC, PoolKeyRecord.class, routing::put);
    }
}
