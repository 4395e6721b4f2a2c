package io.quotabank.gateway;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.json.JsonMapper;

/** A running gateway with its realm, a proxy-service that knows access keys, and the other services behind it. */
public final class TestGateway implements AutoCloseable {

    public static final String LOOKUP = "/internal/access-keys/lookup";

    private static final JsonMapper JSON = new JsonMapper();

    /** The one that most tests share; it is never taken apart. */
    private static final class Shared {
        static final TestGateway GATEWAY = new TestGateway(Map.of());
    }

    public final Realm realm = new Realm();
    public final Backend proxy = new Backend();
    public final Backend pool = new Backend();
    public final Backend ledger = new Backend();
    public final Backend risk = new Backend();
    public final Backend usageLog = new Backend();

    private final Map<String, AccessKeyRecord> accessKeys = new ConcurrentHashMap<>();
    private final ConfigurableApplicationContext context;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public static TestGateway shared() {
        return Shared.GATEWAY;
    }

    public TestGateway(Map<String, Object> settings) {
        makeTopic();
        proxy.on(LOOKUP, this::lookup);
        var properties = new HashMap<String, Object>(TestIdentity.properties("gateway-service"));
        properties.putAll(Map.of(
                "server.port",
                0,
                "management.server.port",
                0,
                "spring.kafka.bootstrap-servers",
                TestKafka.bootstrapServers(),
                "quotabank.gateway.issuer-uri",
                realm.issuer(),
                "logging.structured.format.console",
                "",
                "quotabank.gateway.relay.drain",
                "0s"));
        discover(properties, "proxy-service", proxy);
        discover(properties, "pool-service", pool);
        discover(properties, "ledger-service", ledger);
        discover(properties, "risk-service", risk);
        discover(properties, "usage-log", usageLog);
        properties.putAll(settings);
        var arguments = properties.entrySet().stream()
                .filter(setting -> !setting.getValue().equals(""))
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        context = new SpringApplicationBuilder(GatewayService.class)
                .initializers(TestGateway::keepEventLoops)
                .run(arguments);
        // What it asked while it started was no caller's question.
        proxy.forget();
    }

    // Gateways in one JVM share Reactor Netty's event loops; the first to close must not take them from the others.
    private static void keepEventLoops(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context)
                .registerBean(ReactorResourceFactory.class, () -> new ReactorResourceFactory() {
                    @Override
                    public void destroy() {}

                    @Override
                    public void stop() {}
                });
    }

    private static void discover(Map<String, Object> properties, String service, Backend backend) {
        properties.put(instance(service, 0), backend.uri());
    }

    /** The setting that names a service's nth instance. */
    public static String instance(String service, int index) {
        return "spring.cloud.discovery.client.simple.instances." + service + "[" + index + "].uri";
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    public int managementPort() {
        return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** A new access key that proxy-service knows. */
    public String accessKey(UUID user, String... models) {
        return accessKey(user, null, models);
    }

    public String accessKey(UUID user, @Nullable Long expiresAtMs, String... models) {
        var secret = AccessKeySecret.generate(new SecureRandom());
        var hash = AccessKeySecret.hash(secret);
        accessKeys.put(
                hash, new AccessKeyRecord(hash, UUID.randomUUID(), user, 1, false, List.of(models), expiresAtMs));
        return secret;
    }

    /** Changes what proxy-service would answer, and tells nobody. */
    public AccessKeyRecord revoke(String secret) {
        var revoked = wouldRevoke(secret);
        accessKeys.put(revoked.hash(), revoked);
        return revoked;
    }

    /** The record of a revocation that proxy-service's answers don't show. */
    public AccessKeyRecord wouldRevoke(String secret) {
        var key = Objects.requireNonNull(accessKeys.get(AccessKeySecret.hash(secret)));
        return new AccessKeyRecord(
                key.hash(), key.accessKeyId(), key.userId(), key.version() + 1, true, key.models(), null);
    }

    /** True once the topic has been read to its end. */
    public boolean following() {
        return context.getBean(CompactedTopic.class).caughtUp();
    }

    /** What the readiness probe would be told. */
    public boolean ready() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort() + "/actuator/health/readiness"))
                .build();
        return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    }

    /** As on SIGTERM. */
    public void stop() {
        context.close();
    }

    /** Tells the topic, as proxy-service would. */
    public void announce(AccessKeyRecord key) {
        var settings = Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(AccessKeyRecord.TOPIC, key.hash(), JSON.writeValueAsBytes(key)))
                    .get();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, null, headers);
    }

    public HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return send("POST", path, body, headers);
    }

    public HttpResponse<String> send(String method, String path, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** As proxy-service answers. */
    public void lookup(Backend.Received request, Backend.Wire wire) throws IOException {
        var hash = JSON.readTree(request.text()).path("hash").asString();
        var key = accessKeys.get(hash);
        if (key == null) {
            wire.answer(404, "application/problem+json", "{}");
        } else {
            wire.json(JSON.writeValueAsString(key));
        }
    }

    private static void makeTopic() {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            if (!admin.listTopics().names().get().contains(AccessKeyRecord.TOPIC)) {
                var topic =
                        new NewTopic(AccessKeyRecord.TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
                admin.createTopics(List.of(topic)).all().get();
            }
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() {
        context.close();
        List.of(proxy, pool, ledger, risk, usageLog).forEach(Backend::close);
        realm.close();
    }
}
