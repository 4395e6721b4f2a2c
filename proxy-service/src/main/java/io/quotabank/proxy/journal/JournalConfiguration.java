package io.quotabank.proxy.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.platform.id.Ids;
import java.io.IOException;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(JournalProperties.class)
class JournalConfiguration {

    @Bean(destroyMethod = "")
    JournalDirectory journalDirectory(
            JournalProperties settings, @Value("${quotabank.instance}") String instance, Ids ids) throws IOException {
        return JournalDirectory.create(settings.directory(), instance, ids::next);
    }

    @Bean(destroyMethod = "")
    JournalFile journalFile(JournalDirectory directory, JournalProperties settings, JournalMeters meters)
            throws IOException {
        var file = new JournalFile(directory, Disk.REAL, settings);
        meters.watch(file);
        return file;
    }

    @Bean
    UsageMessages usageMessages(JsonMapper json) {
        return new UsageMessages(json);
    }

    @Bean
    JournalMeters journalMeters(MeterRegistry registry) {
        return new JournalMeters(registry);
    }

    @Bean
    Journal journal(JournalFile file, UsageMessages messages, Clock clock) {
        return new Journal(file, messages, clock::millis);
    }

    @Bean
    JournalTransports journalTransports(KafkaProperties kafka, KafkaConnectionDetails connection) {
        var settings = kafka.buildProducerProperties();
        settings.put(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                connection.getProducer().getBootstrapServers());
        return () -> new KafkaUsageTransport(settings);
    }

    @Bean
    JournalLifecycle journalLifecycle(
            JournalDirectory directory,
            JournalFile file,
            UsageMessages messages,
            JournalProperties settings,
            JournalMeters meters,
            JournalTransports transports,
            LastStatements ledger,
            Clock clock) {
        var tailer = new Tailer(directory, file, transports.get(), messages, settings, clock::millis, meters);
        var replays = new Replays(settings, messages, meters, transports, ledger);
        return new JournalLifecycle(directory, file, tailer, replays, settings);
    }

    // Part of readiness: an instance that can't record must not be asked.
    @Bean
    HealthIndicator journalHealthIndicator(Journal journal) {
        return () -> journal.accepting()
                ? Health.up().build()
                : Health.outOfService().build();
    }

    /** Makes a way to Kafka of its own for each user of it. */
    @FunctionalInterface
    interface JournalTransports extends Supplier<UsageTransport> {}
}
