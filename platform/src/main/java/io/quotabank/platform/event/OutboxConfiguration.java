package io.quotabank.platform.event;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.FailedEventPublications;
import org.springframework.modulith.events.ResubmissionOptions;
import org.springframework.modulith.events.RoutingTarget;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.modulith.events.core.EventPublicationRepository;
import org.springframework.modulith.events.support.DelegatingEventExternalizer;
import tools.jackson.databind.json.JsonMapper;

/** The outbox: Spring Modulith's event publications, sent to Kafka as CloudEvents. */
@AutoConfiguration(
        after = EventConfiguration.class,
        afterName = {
            "org.springframework.modulith.events.jdbc.JdbcEventPublicationAutoConfiguration",
            "org.springframework.modulith.events.config.EventPublicationAutoConfiguration"
        },
        beforeName = "org.springframework.modulith.events.config.EventExternalizationAutoConfiguration")
@ConditionalOnClass({DelegatingEventExternalizer.class, EventPublicationRepository.class})
@ConditionalOnBean(Outbound.class)
class OutboxConfiguration {

    @Bean
    EventExternalizationConfiguration externalizedEvents(ObjectProvider<Outbound<?>> outbound) {
        var byType = byType(outbound);
        return EventExternalizationConfiguration.externalizing()
                .select(event -> byType.containsKey(event.getClass()))
                .routeAllByType(type ->
                        RoutingTarget.forTarget(outbound(byType, type).topic()).withoutKey())
                .build();
    }

    @Bean
    DelegatingEventExternalizer cloudEventsExternalizer(
            EventExternalizationConfiguration configuration,
            ObjectProvider<Outbound<?>> outbound,
            KafkaTemplate<String, byte[]> kafka,
            CloudEventRecords records,
            JsonMapper json) {
        var outlet = new Outlet(kafka, records, json);
        var byType = byType(outbound);
        return new DelegatingEventExternalizer(
                configuration, (target, event) -> outlet.send(outbound(byType, event.getClass()), event));
    }

    // What a process left behind when it died was never marked as failed: it is told by its age.
    @Bean
    RepeatingJob resubmissionJob(
            EventPublicationRegistry registry, FailedEventPublications failed, EventProperties properties) {
        var some = ResubmissionOptions.defaults().withBatchSize(properties.resubmitBatch());
        return new RepeatingJob("sending again", properties.resubmitEvery(), () -> {
            registry.markStalePublicationsFailed(status -> properties.staleAfter());
            failed.resubmit(some);
            return false;
        });
    }

    private static Map<Class<?>, Outbound<?>> byType(ObjectProvider<Outbound<?>> outbound) {
        return outbound.stream().collect(Collectors.toUnmodifiableMap(Outbound::type, Function.identity()));
    }

    private static Outbound<?> outbound(Map<Class<?>, Outbound<?>> byType, Class<?> type) {
        var way = byType.get(type);
        if (way == null) {
            throw new IllegalStateException("no way out for " + type.getName());
        }
        return way;
    }
}
