package io.quotabank.ledger.settlement;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.batch.TracedBatches;
import io.quotabank.platform.event.Topics;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.ExponentialBackOff;

@Configuration(proxyBeanMethods = false)
class SettlementConfiguration {

    @Bean
    NewTopic usageDeadLetterTopic(Topics topics) {
        return topics.deadLetters(UsageEvent.TOPIC);
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<String, byte[]> settlementContainers(
            ConsumerFactory<String, byte[]> consumers,
            SettlementProperties properties,
            Tracer tracer,
            Propagator propagator) {
        var factory = new ConcurrentKafkaListenerContainerFactory<String, byte[]>();
        factory.setConsumerFactory(consumers);
        factory.setBatchListener(true);
        factory.setConcurrency(properties.concurrency());
        factory.setBatchInterceptor(new TracedBatches<>(tracer, propagator));
        factory.setCommonErrorHandler(tryingForEver(properties));
        factory.getContainerProperties().setAckMode(AckMode.BATCH);
        return factory;
    }

    // The consumer is paused and polled meanwhile, so that its group keeps it, and offsets stay where they are.
    private static DefaultErrorHandler tryingForEver(SettlementProperties properties) {
        var pauses = new ExponentialBackOff(properties.firstPause().toMillis(), 2);
        pauses.setMaxInterval(properties.longestPause().toMillis());
        var handler = new DefaultErrorHandler(pauses);
        handler.setClassifications(Map.of(), true);
        return handler;
    }
}
