package io.quotabank.platform.testkit;

import java.util.Map;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One Kafka broker (KRaft) per JVM. Topics are not made by being used, as in production. */
public final class TestKafka {

    public static String bootstrapServers() {
        return Broker.ADDRESS;
    }

    /** Started on first use. */
    private static final class Broker {

        static final String ADDRESS = start();

        private static String start() {
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
    }

    private TestKafka() {}
}
