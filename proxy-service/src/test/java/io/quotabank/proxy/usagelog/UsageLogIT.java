package io.quotabank.proxy.usagelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.contracts.usage.UsageLog;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestKafka;
import io.quotabank.proxy.ProxyParts;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        properties = {
            "quotabank.proxy.role=usage-log",
            "quotabank.identity.service=usage-log",
            "quotabank.test.database=proxy"
        })
@AutoConfigureMockMvc
@ContextConfiguration(initializers = ProxyParts.class)
class UsageLogIT {

    private static final Spans SPANS = new Spans();
    private static final FakeCharges LEDGER = new FakeCharges();

    @DynamicPropertySource
    static void ledger(DynamicPropertyRegistry properties) {
        properties.add("spring.cloud.discovery.client.simple.instances.ledger-service[0].uri", LEDGER::url);
    }

    @Autowired
    private ApplicationContext context;

    @Autowired
    private MockMvcTester http;

    @Autowired
    private JsonMapper json;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private CloudEventRecords records;

    @Autowired
    private ConsumerFactory<String, byte[]> consumers;

    @Autowired
    private UsageListener listener;

    private final Ids ids = new Ids(Clock.systemUTC());
    private final UUID user = UUID.randomUUID();

    @Test
    void hasNothingOfTheOtherRole() {
        assertThat(context.getBeanNamesForType(UsageController.class)).hasSize(1);
        assertThat(context.getBeanDefinitionNames())
                .noneMatch(name -> name.matches("(?i).*(journal|wallet|accessKeyCont).*"));
    }

    @Test
    void showsEveryFigureOfARequestAndNeverTheKeyOrItsOwner() throws Exception {
        var attempt = new Attempt(
                UUID.randomUUID(),
                UUID.randomUUID(),
                9_500,
                "openai",
                Result.SERVED,
                200,
                TokenUsage.of(12, 34),
                new Credits(1_300_000),
                new Credits(1_000_000),
                40L,
                900L,
                "resp-secret",
                "up-secret");
        var closed = closed("gpt-5", Outcome.COMPLETED, 5_000, List.of(attempt));
        send(closed);

        var shown = awaitOne(user);
        assertThat(shown.get("id").asString()).isEqualTo(closed.requestId().toString());
        assertThat(shown.get("cost").decimalValue()).isEqualByComparingTo("1.3");
        assertThat(shown.get("costMicro").asLong()).isEqualTo(1_300_000);
        assertThat(shown.has("charged")).as("not settled yet").isFalse();
        assertThat(shown.get("status").asString()).isEqualTo("completed");
        assertThat(shown.get("metering").asString()).isEqualTo("reported");
        assertThat(shown.get("stream").asBoolean()).isTrue();
        assertThat(shown.get("tokens").toString())
                .isEqualTo("{\"input\":12,\"output\":34,\"cacheRead\":3,\"cacheCreation\":2,\"reasoning\":4}");
        assertThat(shown.get("latencyMs").asLong()).isEqualTo(1_000);
        assertThat(shown.get("firstByteMs").asLong()).isEqualTo(50);
        assertThat(shown.get("routing").get("strategy").asString()).isEqualTo("smart");
        assertThat(shown.get("routing").get("score").asDouble()).isEqualTo(0.5);
        assertThat(shown.get("clientRequestId").asString()).isEqualTo("mine");
        assertThat(shown.toString())
                .doesNotContain(attempt.keyId().toString(), attempt.ownerId().toString(), "openai", "secret");
    }

    @Test
    void showsWhatTheLedgerChargedBesideTheCost() throws Exception {
        var less = closed("gpt-5", Outcome.COMPLETED, 2_000, List.of());
        var nothing = closed("gpt-5", Outcome.COMPLETED, 1_000, List.of());
        var waiting = closed("gpt-5", Outcome.COMPLETED, 0, List.of());
        listener.take(List.of(record(less), record(nothing), record(waiting)));
        LEDGER.charge(less.requestId(), 1_000_000);
        LEDGER.charge(nothing.requestId(), 0);

        var items = body("/api/usage").get("items");
        assertThat(items.get(0).get("costMicro").asLong()).isEqualTo(1_300_000);
        assertThat(items.get(0).get("chargedMicro").asLong()).isEqualTo(1_000_000);
        assertThat(items.get(0).get("charged").decimalValue()).isEqualByComparingTo("1");
        assertThat(items.get(1).get("chargedMicro").asLong()).isZero();
        assertThat(items.get(2).has("charged")).isFalse();
        assertThat(items.get(2).has("chargedMicro")).isFalse();
    }

    @Test
    void showsThePageThoughTheLedgerIsAway() throws Exception {
        var closed = closed("gpt-5", Outcome.COMPLETED, 0, List.of());
        listener.take(List.of(record(closed)));
        LEDGER.charge(closed.requestId(), 1_000_000);
        LEDGER.goAway();
        try {
            var items = body("/api/usage").get("items");
            assertThat(items).hasSize(1);
            assertThat(items.get(0).has("charged")).isFalse();
        } finally {
            LEDGER.comeBack();
        }
    }

    @Test
    void addsUpWhatItHasByTheTimeInsideTheIds() {
        var attempt = new Attempt(
                UUID.randomUUID(),
                UUID.randomUUID(),
                9_500,
                "openai",
                Result.SERVED,
                200,
                TokenUsage.of(12, 34),
                new Credits(1_400_000),
                new Credits(1_000_000),
                40L,
                900L,
                null,
                null);
        // A time that no other test has: the first second of 1980.
        long start = 315_532_800_000L;
        var one = ClosedRequests.with(
                closed("gpt-5", Outcome.COMPLETED, 0, List.of(attempt)), at(start), new Credits(1_300_000));
        var other = ClosedRequests.with(
                closed("gpt-5", Outcome.COMPLETED, 0, List.of()), at(start + 999), new Credits(1_300_000));
        listener.take(List.of(record(one), record(other)));

        var sums = http.post()
                .uri("/internal/usage/sums")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.service("ledger-service"))
                .contentType(MediaType.APPLICATION_JSON)
                .content(json.writeValueAsString(new UsageLog.Wish(new UsageLog.Window(start, start + 1_000), 4)))
                .exchange();
        assertThat(sums).hasStatus(200).bodyJson().isStrictlyEqualTo("""
                [{"count":1,"cost":1300000,"served":1400000},{"count":0,"cost":0,"served":0},
                 {"count":0,"cost":0,"served":0},{"count":1,"cost":1300000,"served":0}]
                """);
        var entries = entries(new UsageLog.Window(start, start + 999), TestIdentity.service("ledger-service"));
        assertThat(entries).hasStatus(200).bodyJson().isStrictlyEqualTo("""
                [{"requestId":"%s","cost":1300000,"served":1400000}]
                """.formatted(one.requestId()));
        assertThat(entries(new UsageLog.Window(0, UsageLog.Window.END_MS), TestIdentity.user(user)))
                .hasStatus(403);
    }

    private MvcTestResult entries(UsageLog.Window window, String token) {
        return http.post()
                .uri("/internal/usage/entries")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .contentType(MediaType.APPLICATION_JSON)
                .content(json.writeValueAsString(window))
                .exchange();
    }

    private static UUID at(long ms) {
        return new UUID(ms << 16 | 0x7000, UUID.randomUUID().getLeastSignificantBits());
    }

    @Test
    void writesARequestOnceHoweverOftenItsEventComes() {
        var first = closed("gpt-5", Outcome.COMPLETED, 1_000, List.of());
        var record = record(first);

        listener.take(List.of(record, record));
        listener.take(List.of(record));
        listener.take(List.of(record(ClosedRequests.with(first, first.requestId(), new Credits(7)))));

        assertThat(jdbc.sql("SELECT cost FROM usage WHERE id = ?")
                        .param(first.requestId())
                        .query(Long.class)
                        .list())
                .containsExactly(first.cost().micro());
    }

    @Test
    void tracesASampledRequestUntilItIsLogged() {
        var closed = closed("gpt-5", Outcome.COMPLETED, 0, List.of());
        var sent = records.record(
                UsageEvent.TOPIC, user.toString(), UsageEvent.CLOSED_TYPE, json.writeValueAsBytes(closed));
        var trace = "0af7651916cd43dd8448eb211c80319c";
        sent.headers().add("traceparent", ("00-" + trace + "-b7ad6b7169203331-01").getBytes(StandardCharsets.UTF_8));
        // Not through the service's own template, which writes a context of its own.
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            var _ = producer.send(sent);
        }
        await().untilAsserted(() -> assertThat(SPANS.traces).contains(trace));
    }

    /** The traces of handled polls. */
    private static final class Spans implements SpanProcessor {

        private final Queue<String> traces = new ConcurrentLinkedQueue<>();

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            if (span.getName().equals("usage.v1 process")) {
                traces.add(span.getSpanContext().getTraceId());
            }
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Tracing {
        @Bean
        SpanProcessor spans() {
            return SPANS;
        }
    }

    @Test
    void pagesNewestFirstWithoutGapsAndFilters() throws Exception {
        var sent = new ArrayList<Closed>();
        for (int i = 0; i < 25; i++) {
            // Five at each instant: the id decides among them.
            var outcome = i % 2 == 0 ? Outcome.COMPLETED : Outcome.CLIENT_GONE;
            sent.add(closed(i % 5 == 0 ? "o3" : "gpt-5", outcome, 1_000L * (i / 5), List.of()));
        }
        listener.take(sent.stream().map(this::record).toList());

        var seen = new ArrayList<String>();
        var path = "/api/usage?limit=4";
        for (JsonNode page = body(path);
                ;
                page = body(path + "&cursor=" + page.get("next").asString())) {
            page.get("items").forEach(item -> seen.add(item.get("id").asString()));
            if (!page.has("next")) {
                break;
            }
        }
        assertThat(seen).doesNotHaveDuplicates().hasSize(25);
        assertThat(seen.getFirst()).isEqualTo(sent.getLast().requestId().toString());
        assertThat(body("/api/usage?model=o3").get("items")).hasSize(5);
        assertThat(body("/api/usage?status=client_gone").get("items")).hasSize(12);
        var from = Instant.ofEpochMilli(sent.get(10).closedAtMs());
        var to = Instant.ofEpochMilli(sent.get(20).closedAtMs());
        assertThat(body("/api/usage?from=" + from + "&to=" + to).get("items")).hasSize(10);
        assertThat(body("/api/usage?accessKey=" + UUID.randomUUID()).get("items"))
                .isEmpty();
    }

    @Test
    void showsAnotherPersonsLogToAdministratorsOnly() throws Exception {
        listener.take(List.of(record(closed("gpt-5", Outcome.COMPLETED, 0, List.of()))));
        var path = "/api/usage?user=" + user;

        assertThat(get(path, TestIdentity.user(UUID.randomUUID()))).hasStatus(404);
        assertThat(get("/api/usage", TestIdentity.user(UUID.randomUUID())))
                .hasStatus(200)
                .bodyText()
                .contains("\"items\":[]");
        var admin = get(path, TestIdentity.user(UUID.randomUUID(), "admin"));
        assertThat(json.readTree(admin.getResponse().getContentAsByteArray()).get("items"))
                .hasSize(1);
    }

    @Test
    void refusesWhatIsMalformed() {
        for (var query : List.of(
                "limit=0",
                "limit=201",
                "limit=x",
                "cursor=x",
                "cursor=1_x",
                "cursor=99999999999999999999_" + user,
                "status=gone",
                "from=yesterday",
                "accessKey=1",
                "user=1")) {
            assertThat(get("/api/usage?" + query, TestIdentity.user(user)))
                    .as(query)
                    .hasStatus(400);
        }
        assertThat(get("/api/usage?status=gone", TestIdentity.user(user)))
                .bodyJson()
                .extractingPath("$.detail")
                .asString()
                .startsWith("status 应为以下之一：completed, upstream_refused,")
                .endsWith(", abandoned");
    }

    @Test
    void deadLettersWhatCantBeReadOrBreaksARuleAndGoesOn() {
        var unreadable = records.record(
                UsageEvent.TOPIC,
                user.toString(),
                UsageEvent.CLOSED_TYPE,
                "{\"requestId\":7}".getBytes(StandardCharsets.UTF_8));
        // PostgreSQL has no text with a NUL in it.
        var broken = closed("gpt\u00005", Outcome.COMPLETED, 0, List.of());
        var good = closed("gpt-5", Outcome.COMPLETED, 0, List.of());

        var _ = kafka.send(unreadable);
        send(broken);
        send(good);

        await().until(() -> !get("/api/usage", TestIdentity.user(user))
                .getResponse()
                .getContentAsString()
                .contains("\"items\":[]"));
        assertThat(deadLetters())
                .anyMatch(value -> value.contains("\"requestId\":7"))
                .anyMatch(value -> value.contains(broken.requestId().toString()));
    }

    @Test
    void logsARequestWhoseIdIsFromAClockFarOff() {
        var closed = closed("gpt-5", Outcome.COMPLETED, 0, List.of());
        var far = new UUID(0x7fffffffffff7000L, closed.requestId().getLeastSignificantBits());
        var late = ClosedRequests.with(closed, far, closed.cost());
        listener.take(List.of(record(late), record(late)));

        assertThat(jdbc.sql("SELECT count(*) FROM usage WHERE id = ?")
                        .param(far)
                        .query(Long.class)
                        .single())
                .isOne();
    }

    private List<String> deadLetters() {
        try (var consumer = consumers.createConsumer("dead-letters-" + user, "")) {
            consumer.subscribe(List.of(UsageEvent.TOPIC + ".dlt"));
            var values = new ArrayList<String>();
            await().until(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
                return values.size() >= 2;
            });
            return values;
        }
    }

    private JsonNode awaitOne(UUID whose) throws Exception {
        await().until(() -> !get("/api/usage", TestIdentity.user(whose))
                .getResponse()
                .getContentAsString()
                .contains("\"items\":[]"));
        var items = body("/api/usage").get("items");
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private void send(Closed closed) {
        var _ = kafka.send(records.record(
                UsageEvent.TOPIC, closed.userId().toString(), UsageEvent.CLOSED_TYPE, json.writeValueAsBytes(closed)));
    }

    private ConsumerRecord<String, byte[]> record(Closed closed) {
        var record = new ConsumerRecord<>(
                UsageEvent.TOPIC, 0, 0, closed.userId().toString(), json.writeValueAsBytes(closed));
        record.headers().add("ce_type", UsageEvent.CLOSED_TYPE.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private JsonNode body(String path) throws Exception {
        var answer = get(path, TestIdentity.user(user));
        assertThat(answer).hasStatus(200);
        return json.readTree(answer.getResponse().getContentAsByteArray());
    }

    private MvcTestResult get(String path, String token) {
        return http.get()
                .uri(path)
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .exchange();
    }

    private Closed closed(String model, Outcome outcome, long laterMs, List<Attempt> attempts) {
        return ClosedRequests.closed(ids.next(), user, model, outcome, laterMs, attempts);
    }
}
