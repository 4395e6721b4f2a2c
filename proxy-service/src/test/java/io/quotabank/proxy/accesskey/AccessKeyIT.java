package io.quotabank.proxy.accesskey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.platform.event.CompactedTopics;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.proxy.ProxyParts;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(properties = "quotabank.access-key.most-per-user=5")
@AutoConfigureMockMvc
@ContextConfiguration(initializers = ProxyParts.class)
class AccessKeyIT {

    @Autowired
    private MockMvcTester http;

    @Autowired
    private JsonMapper json;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private CompactedTopics topics;

    private final UUID user = UUID.randomUUID();

    @Test
    void showsTheSecretOnceAndKeepsOnlyItsHash() throws Exception {
        var issued = body(issue(user, "{\"name\":\"ci\"}"), 201);
        var secret = issued.get("secret").asString();

        assertThat(AccessKeySecret.wellFormed(secret)).isTrue();
        assertThat(secret)
                .startsWith(issued.get("prefix").asString())
                .endsWith(issued.get("lastFour").asString());
        var shown = body(get(user, "/api/access-keys/" + id(issued)), 200);
        assertThat(shown.has("secret")).isFalse();
        assertThat(shown.toString()).doesNotContain(secret, AccessKeySecret.hash(secret));
        assertThat(body(get(user, "/api/access-keys"), 200).toString()).doesNotContain(secret);
        var row = jdbc.sql("SELECT access_key::text FROM access_key WHERE id = ?")
                .param(UUID.fromString(id(issued)))
                .query(String.class)
                .single();
        assertThat(row).contains(AccessKeySecret.hash(secret)).doesNotContain(secret);
    }

    @Test
    void keepsNameModelsAndExpiry() throws Exception {
        var wish =
                "{\"name\":\"notebook\",\"models\":[\"gpt-5\",\"gpt-5\",\"o3\"],\"expiresAt\":\"2999-01-01T00:00:00Z\"}";
        var issued = body(issue(user, wish), 201);

        var shown = body(get(user, "/api/access-keys/" + id(issued)), 200);
        assertThat(shown.get("name").asString()).isEqualTo("notebook");
        assertThat(shown.get("models").toString()).isEqualTo("[\"gpt-5\",\"o3\"]");
        assertThat(shown.get("expiresAt").asString()).isEqualTo("2999-01-01T00:00:00Z");
        var looked = body(lookup(issued.get("secret").asString()), 200);
        assertThat(json.treeToValue(looked, AccessKeyRecord.class).models()).containsExactly("gpt-5", "o3");
    }

    @Test
    void refusesWhatIsMalformed() {
        for (var wish : List.of(
                "{}",
                "{\"name\":\"\"}",
                "{\"name\":\"" + "x".repeat(101) + "\"}",
                "{\"name\":\"a\\u0000b\"}",
                "{\"name\":\"a\",\"models\":[null]}",
                "{\"name\":\"a\",\"models\":[\"\"]}",
                "{\"name\":\"a\",\"models\":\"m\"}",
                "{\"name\":\"a\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}",
                "{\"name\":\"a\",\"expiresAt\":\"+999999999-01-01T00:00:00Z\"}",
                "{\"name\":\"a\",\"expiresAt\":\"soon\"}",
                "[]",
                "")) {
            assertThat(issue(user, wish)).as(wish).hasStatus(400);
        }
        assertThat(get(user, "/api/access-keys?limit=0")).hasStatus(400);
        assertThat(get(user, "/api/access-keys?cursor=x")).hasStatus(400);
        assertThat(jdbc.sql("SELECT count(*) FROM access_key WHERE user_id = ?")
                        .param(user)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void hidesOtherPeoplesKeys() throws Exception {
        var path = "/api/access-keys/" + id(body(issue(user, "{\"name\":\"mine\"}"), 201));
        var stranger = UUID.randomUUID();

        assertThat(get(stranger, path)).hasStatus(404);
        assertThat(delete(stranger, path)).hasStatus(404);
        assertThat(body(get(stranger, "/api/access-keys"), 200).get("items")).isEmpty();
        assertThat(get(user, path)).hasStatus(200);
    }

    @Test
    void letsNoAccessKeyMakeAnother() {
        var caller = new Caller(user.toString(), Set.of("user"), UUID.randomUUID(), List.of("gpt-5"), null, null);
        var answer = http.post()
                .uri("/api/access-keys")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.token(caller))
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"name\":\"escalated\"}")
                .exchange();

        assertThat(answer).hasStatus(403);
    }

    @Test
    void listsNewestFirstPageByPage() throws Exception {
        for (int i = 0; i < 5; i++) {
            body(issue(user, "{\"name\":\"key" + i + "\"}"), 201);
        }
        var first = body(get(user, "/api/access-keys?limit=3"), 200);
        var second = body(
                get(user, "/api/access-keys?limit=3&cursor=" + first.get("next").asString()), 200);

        assertThat(first.get("items"))
                .extracting(key -> key.get("name").asString())
                .containsExactly("key4", "key3", "key2");
        assertThat(second.get("items"))
                .extracting(key -> key.get("name").asString())
                .containsExactly("key1", "key0");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void countsLiveKeysOnlyAlsoWhenManyAreAskedForAtOnce() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asks = IntStream.range(0, 12)
                    .<Callable<Integer>>mapToObj(i ->
                            () -> issue(user, "{\"name\":\"k\"}").getResponse().getStatus())
                    .toList();
            var statuses =
                    threads.invokeAll(asks).stream().map(ask -> ask.resultNow()).toList();

            assertThat(statuses).filteredOn(status -> status == 201).hasSize(5);
            assertThat(statuses).filteredOn(status -> status == 409).hasSize(7);
        }
        var one = body(get(user, "/api/access-keys"), 200)
                .get("items")
                .get(0)
                .get("id")
                .asString();
        assertThat(delete(user, "/api/access-keys/" + one)).hasStatus(204);
        assertThat(issue(user, "{\"name\":\"again\"}")).hasStatus(201);
    }

    @Test
    void tellsEveryChangeWithARisingVersion() throws Exception {
        var told = new ConcurrentLinkedQueue<AccessKeyRecord>();
        var topic = topics.follow(AccessKeyRecord.TOPIC, AccessKeyRecord.class, told::add);
        topic.start();
        try {
            var issued = body(issue(user, "{\"name\":\"told\"}"), 201);
            var path = "/api/access-keys/" + id(issued);
            assertThat(delete(user, path)).hasStatus(204);
            // Again: nothing more to tell.
            assertThat(delete(user, path)).hasStatus(204);

            var hash = AccessKeySecret.hash(issued.get("secret").asString());
            await().until(() -> told.stream().anyMatch(key -> key.hash().equals(hash) && key.revoked()));
            var versions = told.stream().filter(key -> key.hash().equals(hash)).toList();
            assertThat(versions)
                    .extracting(AccessKeyRecord::version)
                    .contains(2L)
                    .doesNotContain(3L);
            assertThat(versions)
                    .filteredOn(AccessKeyRecord::revoked)
                    .extracting(AccessKeyRecord::version)
                    .containsOnly(2L);
            assertThat(json.treeToValue(body(lookup(issued.get("secret").asString()), 200), AccessKeyRecord.class))
                    .returns(true, AccessKeyRecord::revoked)
                    .returns(user, AccessKeyRecord::userId);
        } finally {
            topic.stop();
        }
    }

    @Test
    void answersTheGatewayOnlyAndSaysWhatItDoesNotKnow() {
        assertThat(lookup("qb-unknown")).hasStatus(404);
        var asUser = http.post()
                .uri("/internal/access-keys/lookup")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.user(user))
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"hash\":\"x\"}")
                .exchange();
        assertThat(asUser).hasStatus(403);
        assertThat(http.get().uri("/api/access-keys").exchange()).hasStatus(401);
    }

    private MvcTestResult issue(UUID as, String wish) {
        return http.post()
                .uri("/api/access-keys")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.user(as))
                .contentType(MediaType.APPLICATION_JSON)
                .content(wish)
                .exchange();
    }

    private MvcTestResult get(UUID as, String path) {
        return http.get()
                .uri(path)
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.user(as))
                .exchange();
    }

    private MvcTestResult delete(UUID as, String path) {
        return http.delete()
                .uri(path)
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.user(as))
                .exchange();
    }

    private MvcTestResult lookup(String secret) {
        return http.post()
                .uri("/internal/access-keys/lookup")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TestIdentity.service("gateway-service"))
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"hash\":\"" + AccessKeySecret.hash(secret) + "\"}")
                .exchange();
    }

    private JsonNode body(MvcTestResult answer, int status) throws Exception {
        assertThat(answer).hasStatus(status);
        return json.readTree(answer.getResponse().getContentAsByteArray());
    }

    private static String id(JsonNode key) {
        return key.get("id").asString();
    }
}
