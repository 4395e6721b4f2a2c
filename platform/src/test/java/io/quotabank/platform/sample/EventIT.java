package io.quotabank.platform.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.testkit.RealParts;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.test.context.ContextConfiguration;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.application.name=pool-service",
            "spring.flyway.locations=classpath:sample/migration",
            "management.server.port=0",
            "quotabank.kafka.resubmit-every=200ms"
        })
@ContextConfiguration(initializers = RealParts.class)
class EventIT {

    /** As a process that died while it was sending leaves it. */
    private static final String LEFT_BEHIND = """
            INSERT INTO event_publication
            SELECT gen_random_uuid(), listener_id, event_type, serialized_event, now() - interval '1 hour', NULL,
                   'PROCESSING', 1, NULL
            FROM event_publication LIMIT 1
            """;

    private static final JsonMapper JSON = new JsonMapper();

    @Autowired
    SampleService.Publisher publisher;

    @Autowired
    SampleService.Rows rows;

    @Autowired
    SampleService.Followed followed;

    @Autowired
    SampleService.Worker worker;

    @Autowired
    SampleService.Poller poller;

    @Autowired
    SampleService.Spans spans;

    @Autowired
    CompactedTopic topic;

    @Autowired
    KafkaTemplate<String, byte[]> kafka;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Test
    void sendsWhatWasCommittedAsACloudEventAndForgetsIt() {
        var record = record("committed", 1);
        publisher.publish(record, false);

        var sent = await().until(() -> read(AccessKeyRecord.TOPIC, "committed"), found -> found.size() == 1)
                .getFirst();
        assertThat(header(sent, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(sent, "ce_type")).isEqualTo(AccessKeyRecord.TYPE);
        assertThat(CloudEventRecords.typeOf(sent)).isEqualTo(AccessKeyRecord.TYPE);
        assertThat(header(sent, "ce_source")).isEqualTo("/pool-service");
        assertThat(UUID.fromString(header(sent, "ce_id"))).isNotNull();
        assertThat(header(sent, "ce_time")).contains("T");
        assertThat(header(sent, "content-type")).isEqualTo("application/json");
        assertThat(new String(sent.value(), StandardCharsets.UTF_8)).startsWith("{\"hash\":\"committed\"");
        await().untilAsserted(() -> assertThat(outbox()).isZero());
        await().untilAsserted(() -> assertThat(followed.byHash).containsEntry("committed", record));
    }

    @Test
    void sendsNothingOfATransactionThatFailed() {
        assertThatIllegalStateException().isThrownBy(() -> publisher.publish(record("rolled-back", 1), true));
        publisher.publish(record("after", 1), false);
        await().until(() -> followed.byHash.containsKey("after"));
        assertThat(read(AccessKeyRecord.TOPIC, "rolled-back")).isEmpty();
    }

    @Test
    void sendsTheNewestStateInsteadOfALateEvent() {
        rows.states.put("late", new ArrayDeque<>(List.of(record("late", 2))));
        publisher.publish(record("late", 1), false);

        await().until(() -> followed.byHash.containsKey("late"));
        assertThat(versions("late")).containsExactly(2);
    }

    @Test
    void sendsAgainWhatChangedWhileTheBrokerWasTakingIt() {
        rows.states.put("overtaken", new ArrayDeque<>(List.of(record("overtaken", 1), record("overtaken", 2))));
        publisher.publish(record("overtaken", 1), false);

        await().untilAsserted(() -> assertThat(versions("overtaken")).containsExactly(1, 2));
        await().untilAsserted(() -> assertThat(outbox()).isZero());
    }

    @Test
    void sendsAgainUntilTheBrokerTakesItAlsoWhatADeadProcessLeft() throws Exception {
        var limits = new PoolKeyRecord.Limits(1, null, null, null);
        publisher.publish(limits, false);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> jdbc.sql("SELECT count(*) FROM event_publication WHERE status = 'FAILED'")
                                .query(Long.class)
                                .single()
                        > 0);
        jdbc.sql(LEFT_BEHIND).update();
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(SampleService.LATE, 1, (short) 1)))
                    .all()
                    .get();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(read(SampleService.LATE, "key")).isNotEmpty());
        await().untilAsserted(() -> assertThat(outbox()).isZero());
    }

    @Test
    void carriesTheTraceFromHttpThroughTheOutboxToKafka() throws Exception {
        var trace = "0af7651916cd43dd8448eb211c80319c";
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/published"))
                .header("Authorization", "Bearer " + TestIdentity.user(UUID.randomUUID()))
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .POST(BodyPublishers.ofString("""
                        {"hash":"traced","accessKeyId":"00000000-0000-4000-8000-000000000001",
                         "userId":"00000000-0000-4000-8000-000000000002","version":1,"revoked":false,"models":[]}
                        """))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
        var sent = await().until(() -> read(AccessKeyRecord.TOPIC, "traced"), found -> found.size() == 1)
                .getFirst();
        assertThat(header(sent, "traceparent")).startsWith("00-" + trace);
    }

    @Test
    void carriesASampledTraceFromKafkaIntoAListenerOfPolls() {
        var trace = "1af7651916cd43dd8448eb211c80319c";
        sendTraced("sampled", trace, "01");
        await().untilAsserted(() -> assertThat(poller.traces).containsEntry("sampled", trace));
        await().untilAsserted(() -> assertThat(spans.of(trace)).singleElement().satisfies(span -> {
            assertThat(span.getParentSpanContext().getSpanId()).isEqualTo("b7ad6b7169203331");
            assertThat(span.getAttribute(AttributeKey.stringKey("messaging.consumer.group.name")))
                    .isEqualTo("sample-polled");
        }));
    }

    @Test
    void startsNoTraceForARecordThatIsNotSampled() {
        var trace = "2af7651916cd43dd8448eb211c80319c";
        sendTraced("unsampled", trace, "00");
        send(SampleService.POLLED, "untraced", thing("good"));
        await().untilAsserted(() -> assertThat(poller.traces).containsKeys("unsampled", "untraced"));
        assertThat(poller.traces.get("unsampled")).isNotEqualTo(trace);
        assertThat(spans.of(trace)).isEmpty();
    }

    @Test
    void tellsInTheTraceThatAPollFailed() {
        var trace = "3af7651916cd43dd8448eb211c80319c";
        sendTraced("faulty", trace, "01");
        await().untilAsserted(() -> assertThat(spans.of(trace))
                .isNotEmpty()
                .allSatisfy(span -> assertThat(span.toSpanData().getStatus().getStatusCode())
                        .isEqualTo(StatusCode.ERROR)));
    }

    private void sendTraced(String key, String trace, String flags) {
        var record = new ProducerRecord<>(SampleService.POLLED, key, thing("good"));
        var context = "00-" + trace + "-b7ad6b7169203331-" + flags;
        record.headers().add("traceparent", context.getBytes(StandardCharsets.UTF_8));
        // Not through the service's own template, which writes a context of its own.
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException refused) {
            throw new IllegalStateException(refused);
        }
    }

    @Test
    void leavesOutWhatItCantReadAndKeepsFollowing() {
        send(AccessKeyRecord.TOPIC, "poison", "{".getBytes(StandardCharsets.UTF_8));
        send(AccessKeyRecord.TOPIC, "tombstone", null);
        publisher.publish(record("after-poison", 1), false);
        await().until(() -> followed.byHash.containsKey("after-poison"));
        assertThat(topic.caughtUp()).isTrue();
        assertThat(topic.silence()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void tellsReadinessAndMetricsOnTheManagementPort() throws Exception {
        await().until(topic::caughtUp);
        try (var http = HttpClient.newHttpClient()) {
            var readiness = http.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(readiness.statusCode()).isEqualTo(200);
            assertThat(readiness.body()).contains("compactedTopics").contains("caught up");
            var metrics = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/actuator/prometheus"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(metrics.body()).contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void deadLettersWhatCantBeReadOrHandledAndGoesOn() {
        send(SampleService.WORK, "unreadable", "{".getBytes(StandardCharsets.UTF_8));
        send(SampleService.WORK, "unreadable", thing("good"));
        send(SampleService.WORK, "faulty", thing("fault"));
        send(SampleService.WORK, "faulty", thing("good"));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(worker.done)
                        .containsEntry("unreadable", "good")
                        .containsEntry("faulty", "good"));
        var dead = await().until(() -> read(SampleService.WORK + ".dlt", "faulty"), found -> found.size() == 1);
        assertThat(header(dead.getFirst(), "kafka_dlt-exception-message")).contains("a fault in the code");
        assertThat(read(SampleService.WORK + ".dlt", "unreadable")).hasSize(1);
    }

    private void send(String topic, String key, byte @Nullable [] value) {
        kafka.send(topic, key, value).join();
    }

    private static List<Integer> versions(String hash) {
        return read(AccessKeyRecord.TOPIC, hash).stream()
                .map(sent -> JSON.readTree(sent.value()).get("version").asInt())
                .toList();
    }

    private long outbox() {
        return jdbc.sql("SELECT count(*) FROM event_publication")
                .query(Long.class)
                .single();
    }

    private static AccessKeyRecord record(String hash, long version) {
        return new AccessKeyRecord(hash, new UUID(0, 1), new UUID(0, 2), version, false, List.of(), null);
    }

    private static byte[] thing(String name) {
        return "{\"name\":\"%s\",\"count\":1,\"size\":1,\"on\":true}"
                .formatted(name)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** All records of a topic with a key. */
    private static List<ConsumerRecord<String, byte[]>> read(String topic, String key) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(part -> new TopicPartition(topic, part.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var found = new ArrayList<ConsumerRecord<String, byte[]>>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    if (key.equals(record.key())) {
                        found.add(record);
                    }
                }
            }
            return found;
        }
    }
}
