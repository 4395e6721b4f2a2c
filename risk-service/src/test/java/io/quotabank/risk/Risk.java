package io.quotabank.risk;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.testkit.RealParts;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestKafka;
import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Running processes of risk-service on real parts. All that a JVM starts share a database and a place in the topics. */
public final class Risk implements AutoCloseable {

    /** An answer; the body is missing where there is none. */
    public record Answer(int status, JsonNode body, String text) {}

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();
    private static @Nullable Risk shared;

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private final ConfigurableApplicationContext context;

    private Risk(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** The process that all tests use, started on first use. */
    public static synchronized Risk shared() {
        if (shared == null) {
            shared = another(Map.of());
        }
        return shared;
    }

    /** Stops the shared process; the next use starts it anew. */
    public static synchronized void stopShared() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    /** A further process beside the shared one. */
    public static Risk another(Map<String, Object> settings) {
        makeForeignTopics();
        var properties = new HashMap<String, Object>(TestIdentity.properties("risk-service"));
        properties.putAll(RealParts.database(Parts.DATABASE));
        properties.put("spring.kafka.bootstrap-servers", TestKafka.bootstrapServers());
        properties.put(
                "spring.cloud.discovery.client.simple.instances.proxy-service[0].uri",
                Proxy.get().url());
        properties.put("server.port", "0");
        properties.put("management.server.port", "0");
        properties.put("quotabank.balance.every", "1s");
        properties.put("quotabank.balance.untold-every", "1s");
        properties.put("quotabank.balance.poll", "100ms");
        properties.put("quotabank.balance.settle", "1s");
        properties.put("quotabank.balance.again", "200ms");
        properties.put("logging.structured.format.console", "");
        properties.putAll(settings);
        var arguments = properties.entrySet().stream()
                .filter(property -> !property.getValue().equals(""))
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
        return new Risk(new SpringApplicationBuilder(RiskService.class).run(arguments));
    }

    /** Made on first use. */
    private static final class Parts {
        static final Database DATABASE = TestPostgres.fresh("risk");
    }

    // pool-service and proxy-service own them.
    private static void makeForeignTopics() {
        make(UsageEvent.TOPIC, 3);
        make(PoolKeyRecord.TOPIC, 1);
    }

    private static void make(String topic, int partitions) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(refused);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    public <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    public JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    /** As the gateway passes a person's question on. */
    public Answer get(String path, UUID person, String... roles) {
        var port = context.getEnvironment().getProperty("local.server.port");
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("authorization", "Bearer " + TestIdentity.user(person, roles))
                .build();
        try {
            var response = HTTP.send(request, BodyHandlers.ofString());
            var text = response.body();
            return new Answer(response.statusCode(), text.isEmpty() ? JSON.missingNode() : JSON.readTree(text), text);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** What its owner is told of a key, the newest last. */
    public List<JsonNode> findings(UUID key, UUID owner) {
        var page = get("/api/risk/findings?limit=100&keyId=" + key, owner).body();
        return StreamSupport.stream(page.path("findings").spliterator(), false)
                .toList()
                .reversed();
    }

    public List<String> kinds(UUID key, UUID owner) {
        return findings(key, owner).stream()
                .map(found -> found.path("kind").asString())
                .toList();
    }

    /** What pool-service is told of a key. */
    public static List<FindingRecord> told(UUID key) {
        return Records.of(FindingRecord.TOPIC, key.toString(), FindingRecord.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
