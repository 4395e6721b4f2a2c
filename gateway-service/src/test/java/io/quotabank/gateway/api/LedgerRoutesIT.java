package io.quotabank.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.TestGateway;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All that ledger-service's contract tells of: who reaches it through the gateway, and as whom. */
class LedgerRoutesIT {

    private static final TestGateway GATEWAY = TestGateway.shared();
    private static final UUID SUBJECT = UUID.randomUUID();
    private static final String PERSON = "Bearer " + GATEWAY.realm.token(SUBJECT);
    private static final String APPLICATION = "Bearer " + GATEWAY.realm.token(SUBJECT, "user", "service", "admin");

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "PATCH");
    private static final String CALLBACK = "/api/payment/callback/";

    static List<Arguments> operations() throws IOException {
        var file = Path.of("../contracts/openapi/ledger-service.yaml");
        var operations = new ArrayList<Arguments>();
        try (var yaml = Files.newBufferedReader(file)) {
            Map<String, Map<String, Map<String, Object>>> contract = new Yaml().load(yaml);
            contract.getOrDefault("paths", Map.of())
                    .forEach((path, members) -> members.keySet().stream()
                            .map(member -> member.toUpperCase(Locale.ROOT))
                            .filter(METHODS::contains)
                            .forEach(method -> operations.add(Arguments.of(
                                    method, path.replace("{name}", "stripe").replaceAll("\\{\\w+}", "1")))));
        }
        assertThat(operations).hasSizeGreaterThan(40);
        return operations;
    }

    @ParameterizedTest
    @MethodSource("operations")
    void peopleReachAllButWhatIsInternal(String method, String path) throws Exception {
        assertThat(reaches(method, path, PERSON)).isEqualTo(path.startsWith("/internal/") ? 404 : 200);
    }

    @Test
    void theFrontPageNamesAPathThatIsThere() throws Exception {
        var front = JsonMapper.shared().readTree(GATEWAY.get("/").body());
        var paths = front.valueStream()
                .map(JsonNode::asString)
                .filter(value -> value.startsWith("/api"))
                .toList();

        assertThat(paths).hasSize(1);
        assertThat(reaches("GET", paths.getFirst(), PERSON)).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void withoutATokenOnlyPaymentProvidersReachTheLedger(String method, String path) throws Exception {
        int expected = path.startsWith(CALLBACK) ? 200 : path.startsWith("/internal/") ? 404 : 401;

        assertThat(reaches(method, path, null)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void anApplicationReachesCreditsAndSplitsOnly(String method, String path) throws Exception {
        boolean open = path.startsWith("/api/credits/") || path.startsWith("/api/ledger/splits");
        // A notification counts by its signature: who else signs it in is not looked at.
        int expected = open || path.startsWith(CALLBACK) ? 200 : path.startsWith("/internal/") ? 404 : 403;

        assertThat(reaches(method, path, APPLICATION)).isEqualTo(expected);
    }

    /** Whatever its account was given in the realm: the role of a person, which all have, or an administrator's. */
    @Test
    void anApplicationArrivesAsOneAndAsNothingElse() throws Exception {
        reaches("POST", "/api/credits/consume", APPLICATION);

        var caller = caller("/api/credits/consume");
        assertThat(caller.isApplication()).isTrue();
        assertThat(caller.isPerson()).isFalse();
        assertThat(caller.isService()).isFalse();
        assertThat(caller.subject()).isEqualTo(SUBJECT.toString());
        assertThat(caller.roles()).containsExactly("service");
    }

    @Test
    void anAdministratorArrivesAsAPerson() throws Exception {
        reaches("PUT", "/api/credits/tiers/2", "Bearer " + GATEWAY.realm.token(SUBJECT, "user", "admin"));

        var caller = caller("/api/credits/tiers/2");
        assertThat(caller.isPerson()).isTrue();
        assertThat(caller.isApplication()).isFalse();
        assertThat(caller.has("admin")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/access-keys",
        "POST, /api/pool/deposits",
        "GET, /api/catalog/models",
        "GET, /api/usage",
        "GET, /api/risk/findings",
        "GET, /api/creditsx",
        "GET, /api/ledger/splitsx"
    })
    void anApplicationReachesNoOtherService(String method, String path) throws Exception {
        var answer = GATEWAY.send(method, path, method.equals("POST") ? "{}" : null, "Authorization", APPLICATION);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("\"code\":\"forbidden\"").contains("不面向应用");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/payment/orders, 此功能面向用户，不面向应用。",
        "GET, /api/ledger/reconciliation, 此功能面向管理员，不面向应用。",
        "POST, /api/ledger/reconciliation, 此功能面向管理员，不面向应用。",
        "POST, /api/ledger/dead-letters/replay, 此功能面向管理员，不面向应用。",
        "GET, /api/ledger/seal/1/transfers, 此功能面向管理员，不面向应用。"
    })
    void anApplicationHearsForWhomItIs(String method, String path, String detail) throws Exception {
        var answer = GATEWAY.send(method, path, method.equals("POST") ? "{}" : null, "Authorization", APPLICATION);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource({"GET, /v1/models", "POST, /v1/chat/completions", "POST, /api/v1/proxy/chat/completions"})
    void anApplicationCallsNoModels(String method, String path) throws Exception {
        GATEWAY.proxy.forget();

        var answer = GATEWAY.send(method, path, method.equals("POST") ? "{}" : null, "Authorization", APPLICATION);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("access key").contains("\"code\":\"forbidden\"");
        assertThat(GATEWAY.proxy.received(path)).isEmpty();
    }

    private static int reaches(String method, String path, @Nullable String authorization) throws Exception {
        GATEWAY.ledger.on(path, (request, wire) -> wire.json("{}"));
        int before = GATEWAY.ledger.received(path).size();
        var body = method.equals("GET") || method.equals("DELETE") ? null : "{}";
        var answer = authorization == null
                ? GATEWAY.send(method, path, body)
                : GATEWAY.send(method, path, body, "Authorization", authorization);
        assertThat(GATEWAY.ledger.received(path)).hasSize(answer.statusCode() == 200 ? before + 1 : before);
        return answer.statusCode();
    }

    private static Caller caller(String path) throws Exception {
        var token = String.valueOf(GATEWAY.ledger.received(path).getLast().header("authorization"));
        return TestIdentity.of("ledger-service").verify(token.substring("Bearer ".length()));
    }
}
