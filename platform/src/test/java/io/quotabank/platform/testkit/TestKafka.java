package io.quotabank.platform.testkit;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * One Kafka broker (KRaft) per JVM, or the one that {@code QUOTABANK_TEST_KAFKA} names (its bootstrap servers), whose
 * topics are deleted at the first use in a JVM. Topics are not made by being used, as in production.
 */
public final class TestKafka {

    public static String bootstrapServers() {
        return Broker.ADDRESS;
    }

    /** Started on first use. */
    private static final class Broker {

        static final String ADDRESS = start();

        private static String start() {
            var given = System.getenv("QUOTABANK_TEST_KAFKA");
            if (given != null) {
                empty(given);
                return given;
            }
            var broker = new EmbeddedKafkaKraftBroker(1, 1);
            broker.brokerProperties(Map.of(
                    "auto.create.topics.enable", "false",
                    "group.initial.rebalance.delay.ms", "0",
                    "offsets.topic.num.partitions", "1",
                    "transaction.state.log.num.partitions", "1",
                    "log.cleaner.backoff.ms", "500"));
            broker.afterPropertiesSet();
            Runtime.getRuntime().addShutdownHook(new Thread(broker::destroy));
            return broker.getBrokersAsString();
        }

        private static void empty(String address) {
            try (var admin = Admin.create(Map.of("bootstrap.servers", address))) {
                admin.deleteTopics(admin.listTopics().names().get()).all().get();
            } catch (ExecutionException refused) {
                throw new IllegalStateException("can't empty the broker at " + address, refused);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stopped);
            }
        }
    }

    private TestKafka() {}
}
