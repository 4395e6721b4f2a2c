package io.quotabank.ledger;

import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.testkit.RealParts;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestKafka;
import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running ledger-service on real parts; several may share a database, as several processes would. */
public final class Ledger implements AutoCloseable {

    public static final int PARTITIONS = 12;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ConfigurableApplicationContext context;
    private final Database database;
    private final String group;

    private Ledger(ConfigurableApplicationContext context, Database database, String group) {
        this.context = context;
        this.database = database;
        this.group = group;
    }

    /** The one that tests share which need none of their own; nothing consumes the topic there. */
    public static Ledger shared() {
        return Shared.LEDGER;
    }

    /** Started on first use. */
    private static final class Shared {
        static final Ledger LEDGER = idle();
    }

    /** With a database of its own, and no consumer. */
    public static Ledger idle(Object... sources) {
        return with(Map.of(), sources);
    }

    /** On a database that is there, with no consumer, and these settings. */
    public static Ledger on(Database database, Map<String, Object> settings) {
        var all = new HashMap<String, Object>(settings);
        all.put("quotabank.settlement.start", "false");
        return start(database, "none", all);
    }

    /** With a database of its own, no consumer, and these settings. */
    public static Ledger with(Map<String, Object> settings, Object... sources) {
        var all = new HashMap<String, Object>(settings);
        all.put("quotabank.settlement.start", "false");
        return start(TestPostgres.fresh("ledger"), "none", all, sources);
    }

    /** With a database of its own, consuming what is sent from now on. */
    public static Ledger consuming(Map<String, Object> settings, Object... sources) {
        var group = "ledger-" + UUID.randomUUID();
        fromNowOn(group);
        return start(TestPostgres.fresh("ledger"), group, settings, sources);
    }

    /** On a database that is there, consuming what is sent from now on. */
    public static Ledger consumingOn(Database database, Map<String, Object> settings, Object... sources) {
        var group = "ledger-" + UUID.randomUUID();
        fromNowOn(group);
        return start(database, group, settings, sources);
    }

    /** Another process of the same ledger, by the same settings. */
    public Ledger another(Map<String, Object> settings, Object... sources) {
        return start(database, group, settings, sources);
    }

    private static Ledger start(Database database, String group, Map<String, Object> settings, Object... sources) {
        var properties = new HashMap<String, Object>(TestIdentity.properties("ledger-service"));
        properties.putAll(RealParts.database(database));
        properties.put("spring.kafka.bootstrap-servers", TestKafka.bootstrapServers());
        properties.put("server.port", "0");
        properties.put("quotabank.settlement.group", group);
        properties.put("quotabank.settlement.longest-pause", "500ms");
        // Holders share the processors with all else that is tested.
        properties.put("quotabank.lease.recall-timeout", "3s");
        // Tests ask for them.
        properties.put("quotabank.reconciliation.every", "1h");
        properties.put("logging.level.root", "WARN");
        properties.put("logging.structured.format.console", "");
        properties.putAll(settings);
        var application = new SpringApplicationBuilder(LedgerService.class).web(WebApplicationType.SERVLET);
        for (var source : sources) {
            application.sources((Class<?>) source);
        }
        var arguments = properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
        return new Ledger(application.run(arguments), database, group);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> T beanNamed(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    public Database database() {
        return database;
    }

    public JdbcTemplate jdbc() {
        return bean(JdbcTemplate.class);
    }

    /** Whose offsets tell what it has settled. */
    public String group() {
        return group;
    }

    /** A first number of a query. */
    public long number(String sql, Object... values) {
        var number = jdbc().queryForObject(sql, Long.class, values);
        return number == null ? 0 : number;
    }

    public record Response(int status, JsonNode body, HttpResponse<String> raw) {}

    /** @param token of a caller; null sends none */
    public Response call(String method, String path, @Nullable String token, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            boolean json = response.headers()
                    .firstValue("Content-Type")
                    .filter(type -> type.contains("json"))
                    .isPresent();
            var tree = JsonMapper.shared().readTree(json ? response.body() : "null");
            return new Response(response.statusCode(), tree, response);
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Does work in a transaction that comes to nothing. */
    public void undone(Runnable work) {
        new TransactionTemplate(bean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            status.setRollbackOnly();
            work.run();
        });
    }

    /** Runs statements as the owner of the tables. */
    public void asOwner(String... statements) {
        try (var owner = database.connect(database.owner());
                var statement = owner.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /**
     * Proofs that were made and do not agree. None where {@code quotabank.test.proofs} is {@code off}, as under mutation:
     * there a mutant that broke the books of a shared ledger would let every one after it fail.
     */
    public List<String> differences() {
        if ("off".equals(System.getProperty("quotabank.test.proofs"))) {
            return List.of();
        }
        var run = call("POST", "/api/ledger/reconciliation", proxyToken(), "");
        if (run.status() != 200) {
            throw new IllegalStateException(run.raw().body());
        }
        return run.body()
                .get("proofs")
                .valueStream()
                .filter(proof -> !proof.get("agrees").asBoolean() && !proof.has("unproven"))
                .map(JsonNode::toString)
                .toList();
    }

    public int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    public static String proxyToken() {
        return TestIdentity.service("proxy-service");
    }

    public InternalTokens tokens() {
        return bean(InternalTokens.class);
    }

    @Override
    public void close() {
        context.close();
    }

    private static void fromNowOn(String group) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            makeTopic(admin);
            var partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(UsageEvent.TOPIC, partition))
                    .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
            // The broker may not know the leaders of a topic's partitions yet when it has just been made.
            var ends = await().ignoreExceptions()
                    .until(() -> admin.listOffsets(partitions).all().get(), found -> true);
            var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
            ends.forEach((partition, end) -> offsets.put(partition, new OffsetAndMetadata(end.offset())));
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        } catch (ExecutionException refused) {
            throw new IllegalStateException(refused);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private static void makeTopic(Admin admin) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(UsageEvent.TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof TopicExistsException)) {
                throw refused;
            }
        }
    }
}
