package io.quotabank.platform.event;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.platform.identity.IdentityProperties;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;
import tools.jackson.databind.json.JsonMapper;

@AutoConfiguration(
        afterName = {
            "io.quotabank.platform.id.IdConfiguration",
            "io.quotabank.platform.identity.IdentityConfiguration",
            "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration"
        })
@EnableConfigurationProperties(EventProperties.class)
class EventConfiguration {

    private static final Duration UNTIL_NEXT_TRY = Duration.ofSeconds(2);

    @Bean
    Topics topics(EventProperties properties) {
        return new Topics(properties);
    }

    // Behind the start and again until the broker has answered once: a start must not wait for Kafka.
    @Bean
    RepeatingJob topicsJob(KafkaAdmin admin) {
        return new RepeatingJob("making topics", UNTIL_NEXT_TRY, admin::initialize);
    }

    @Bean
    CloudEventRecords cloudEventRecords(IdentityProperties identity, Clock clock) {
        return new CloudEventRecords(identity.service(), clock);
    }

    @Bean
    CompactedTopics compactedTopics(ConsumerFactory<String, byte[]> consumers, JsonMapper json) {
        return new CompactedTopics(consumers, json);
    }

    @Bean
    HealthIndicator compactedTopicsHealthIndicator(ObjectProvider<CompactedTopic> topics) {
        return new CompactedTopicsHealth(topics);
    }

    @Bean
    DefaultErrorHandler deadLetters(
            KafkaTemplate<?, ?> kafka, ObjectProvider<NewTopic> topics, MeterRegistry registry) {
        // There from the beginning: an alert on what has risen does not see a series that begins above zero.
        topics.stream()
                .map(NewTopic::name)
                .filter(name -> name.endsWith(Topics.DEAD_LETTERS))
                .forEach(name -> DeadLetters.counter(registry, name));
        return DeadLetters.handler(kafka, registry);
    }
}
