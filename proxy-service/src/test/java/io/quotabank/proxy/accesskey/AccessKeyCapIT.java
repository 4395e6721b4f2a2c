package io.quotabank.proxy.accesskey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.cap.LedgerCaps.Spent;
import io.quotabank.contracts.money.Credits;
import io.quotabank.platform.event.CompactedTopics;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.proxy.ProxyParts;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a person lets their keys spend: set, changed, told, and shown beside what was spent. */
@SpringBootTest
@AutoConfigureMockMvc
@ContextConfiguration(initializers = ProxyParts.class)
class AccessKeyCapIT {

    private static final FakeCaps LEDGER = new FakeCaps();

    @DynamicPropertySource
    static void ledger(DynamicPropertyRegistry properties) {
        properties.add("spring.cloud.discovery.client.simple.instances.ledger-service[0].uri", LEDGER::url);
    }

    @Autowired
    private MockMvcTester http;

    @Autowired
    private JsonMapper json;

    @Autowired
    private CompactedTopics topics;

    private final UUID user = UUID.randomUUID();

    @AfterEach
    void comeBack() {
        LEDGER.away(false);
    }

    @Test
    void setsChangesAndTakesAwayACapAndTellsEachChangeOnce() throws Exception {
        var told = new ConcurrentLinkedQueue<AccessKeyRecord>();
        var topic = topics.follow(AccessKeyRecord.TOPIC, AccessKeyRecord.class, told::add);
        topic.start();
        try {
            var issued = issue("{\"name\":\"ci\",\"cap\":{\"total\":12.5}}");
            var id = UUID.fromString(issued.get("id").asString());
            assertThat(issued.get("cap")).isEqualTo(json.readTree("{\"total\":12.5}"));

            assertThat(patch(id, "{\"total\":12.5}").get("cap").toString()).isEqualTo("{\"total\":12.5}");
            patch(id, "{\"daily\":0.25,\"monthly\":0}");
            var shown = body(call(HttpMethod.GET, "/api/access-keys/" + id, ""), 200);
            assertThat(shown.get("cap").toString()).isEqualTo("{\"daily\":0.25,\"monthly\":0}");
            assertThat(patch(id, "{}").has("cap")).isFalse();
            patch(id, "{\"total\":3}");

            var hash = AccessKeySecret.hash(issued.get("secret").asString());
            await().until(() -> told.stream().anyMatch(key -> key.hash().equals(hash) && key.version() == 4));
            assertThat(told.stream()
                            .filter(key -> key.hash().equals(hash))
                            .filter(key -> key.version() == 4)
                            .map(AccessKeyRecord::cap))
                    .containsOnly(new SpendingCap(id, 4, Credits.of(3), null, null));
            assertThat(told).filteredOn(key -> key.hash().equals(hash)).noneMatch(key -> key.version() > 4);
        } finally {
            topic.stop();
        }
    }

    @Test
    void showsWhatWasSpentWhileTheLedgerTellsIt() throws Exception {
        var capped = UUID.fromString(
                issue("{\"name\":\"a\",\"cap\":{\"total\":5}}").get("id").asString());
        issue("{\"name\":\"b\",\"cap\":{\"daily\":5}}");
        issue("{\"name\":\"c\"}");
        LEDGER.spent(new Spent(
                capped, new Credits(1_500_000), new Credits(500_000), new Credits(1_000_000), new Credits(250_000)));

        var items = body(call(HttpMethod.GET, "/api/access-keys", ""), 200).get("items");
        assertThat(items.get(2).get("spent").toString())
                .isEqualTo("{\"total\":1.5,\"today\":0.5,\"month\":1,\"held\":0.25}");
        assertThat(items.get(1).get("spent").get("total").asInt()).isZero();
        assertThat(items.get(0).has("spent")).isFalse();

        LEDGER.away(true);
        var without = body(call(HttpMethod.GET, "/api/access-keys/" + capped, ""), 200);
        assertThat(without.has("spent")).isFalse();
        assertThat(without.has("cap")).isTrue();
    }

    @Test
    void refusesCapsThatAreNone() throws Exception {
        for (var cap :
                List.of("{\"total\":-1}", "{\"daily\":0.0000001}", "{\"total\":\"5\"}", "{\"total\":1e19}", "5")) {
            assertThat(call(HttpMethod.POST, "/api/access-keys", "{\"name\":\"a\",\"cap\":" + cap + "}"))
                    .as(cap)
                    .hasStatus(400);
        }
        var path = "/api/access-keys/" + issue("{\"name\":\"a\"}").get("id").asString();
        assertThat(call(HttpMethod.PATCH, path, "{}")).hasStatus(400);
        assertThat(call(HttpMethod.PATCH, path, "{\"cap\":{\"total\":-1}}")).hasStatus(400);
    }

    @Test
    void aRevokedKeyAStrangersKeyAndAKeysOwnBearerChangeNothing() throws Exception {
        var path = "/api/access-keys/"
                + issue("{\"name\":\"a\",\"cap\":{\"total\":1}}").get("id").asString();
        var raise = "{\"cap\":{\"total\":100}}";
        assertThat(call(TestIdentity.user(UUID.randomUUID()), HttpMethod.PATCH, path, raise))
                .hasStatus(404);
        var bearer = new Caller(user.toString(), Set.of("user"), UUID.randomUUID(), List.of(), null, null);
        assertThat(call(TestIdentity.token(bearer), HttpMethod.PATCH, path, raise))
                .hasStatus(403);
        assertThat(call(HttpMethod.DELETE, path, "")).hasStatus(204);
        assertThat(call(HttpMethod.PATCH, path, raise)).hasStatus(409);
        assertThat(body(call(HttpMethod.GET, path, ""), 200)
                        .get("cap")
                        .get("total")
                        .asInt())
                .isEqualTo(1);
    }

    private JsonNode issue(String wish) throws Exception {
        return body(call(HttpMethod.POST, "/api/access-keys", wish), 201);
    }

    private JsonNode patch(UUID id, String cap) throws Exception {
        return body(call(HttpMethod.PATCH, "/api/access-keys/" + id, "{\"cap\":" + cap + "}"), 200);
    }

    private MvcTestResult call(HttpMethod method, String path, String body) {
        return call(TestIdentity.user(user), method, path, body);
    }

    private MvcTestResult call(String token, HttpMethod method, String path, String body) {
        return http.method(method)
                .uri(path)
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private JsonNode body(MvcTestResult answer, int status) throws Exception {
        assertThat(answer).hasStatus(status);
        return json.readTree(answer.getResponse().getContentAsByteArray());
    }
}
