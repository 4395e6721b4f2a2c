package io.quotabank.platform.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.testkit.RealParts;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.application.name=proxy-service",
            "spring.flyway.locations=classpath:sample/migration",
            "spring.kafka.bootstrap-servers=127.0.0.1:1",
            "quotabank.kafka.resubmit-every=200ms"
        })
@ContextConfiguration(initializers = RealParts.class)
class WithoutKafkaIT {

    @Autowired
    SampleService.Publisher publisher;

    @Autowired
    CompactedTopic topic;

    @Autowired
    HealthIndicator compactedTopicsHealthIndicator;

    @Autowired
    JdbcClient jdbc;

    @Test
    void startsIsNotReadyAndKeepsWhatItIsToSend() {
        publisher.publish(
                new AccessKeyRecord("kept", new UUID(0, 1), new UUID(0, 2), 1, false, List.of(), null), false);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(resubmissions()).isPositive());
        assertThat(topic.caughtUp()).isFalse();
        assertThat(compactedTopicsHealthIndicator.health().getStatus()).isEqualTo(Status.DOWN);
    }

    private long resubmissions() {
        return jdbc.sql("SELECT coalesce(max(completion_attempts), 0) FROM event_publication")
                .query(Long.class)
                .single();
    }
}
