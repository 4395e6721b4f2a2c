package io.quotabank.pool;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.testkit.RealParts;
import io.quotabank.platform.testkit.TestKafka;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Real parts for the pool, a keyset to seal to, and the verifier in proxy-service's place. */
public final class PoolParts implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        new RealParts().initialize(context);
        makeForeignTopics();
        context.getEnvironment()
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "pool-parts",
                        Map.of(
                                "quotabank.custody.public-keyset-file",
                                Verifier.get().publicKeyset().toString(),
                                "spring.cloud.discovery.client.simple.instances.proxy-service[0].uri",
                                Verifier.get().url(),
                                "quotabank.upstream.allowed-internal",
                                "127.0.0.1/32",
                                "quotabank.verification.poll",
                                "50ms",
                                "quotabank.verification.first-pause",
                                "50ms",
                                "quotabank.verification.attempts",
                                "3",
                                "quotabank.verification.doubt-pause",
                                "0s",
                                "quotabank.key.tell-every",
                                "100ms",
                                "management.server.port",
                                "0")));
    }

    // proxy-service and risk-service own them.
    private static void makeForeignTopics() {
        List.of(UsageEvent.TOPIC, FindingRecord.TOPIC).forEach(PoolParts::make);
    }

    private static void make(String topic) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(refused);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
