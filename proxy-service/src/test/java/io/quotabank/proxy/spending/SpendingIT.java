package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.proxy.ProxyParts;
import io.quotabank.proxy.spending.Spending.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.json.JsonMapper;

/** The wiring: Feign by the ledger's service name, this service's own token, recalls over HTTP, and the ledger away. */
@SpringBootTest(properties = {"quotabank.lease.idle=1s", "quotabank.lease.patience=3s"})
@AutoConfigureMockMvc
@ContextConfiguration(initializers = ProxyParts.class)
class SpendingIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final FakeLedger LEDGER = new FakeLedger();
    private static final List<String> TOKENS = new CopyOnWriteArrayList<>();
    private static final HttpServer SERVER = serve();
    private static volatile boolean away;

    @Autowired
    private Spending spending;

    @Autowired
    private MockMvcTester http;

    private final UUID user = UUID.randomUUID();

    @DynamicPropertySource
    static void ledger(DynamicPropertyRegistry registry) {
        registry.add(
                "spring.cloud.discovery.client.simple.instances.ledger-service[0].uri",
                () -> "http://127.0.0.1:" + SERVER.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        SERVER.stop(0);
    }

    @Test
    void opensALeaseReservesAndGivesTheRestBackWhenIdle() throws Exception {
        LEDGER.with(user, 10_000);
        var reservation = ((Outcome.Reserved) reserve(1_000)).reservation();
        LEDGER.settle(Spendings.close(user, reservation, 300));

        await().until(() -> LEDGER.held(user) == 0);
        assertThat(LEDGER.posted(user)).isEqualTo(9_700);
        var caller = TestIdentity.of("ledger-service").verify(TOKENS.getLast().substring("Bearer ".length()));
        assertThat(caller.subject()).isEqualTo("service:proxy-service");
    }

    @Test
    void answersARecallWithItsLastStatement() throws Exception {
        LEDGER.with(user, 10_000);
        var reservation = ((Outcome.Reserved) reserve(1_000)).reservation();
        var lease = reservation.funding().getFirst().hold();
        var answer = recall(lease, TestIdentity.service("ledger-service"));

        assertThat(answer).hasStatus(200);
        var statement = JSON.readValue(answer.getResponse().getContentAsByteArray(), Statement.class);
        assertThat(statement.leaseId()).isEqualTo(lease);
        assertThat(statement.last()).isTrue();
        assertThat(statement.inFlight())
                .singleElement()
                .satisfies(it -> assertThat(it.atMost()).isEqualTo(new Credits(1_000)));
        reservation.release();
    }

    @Test
    void answersRecallsToServicesOnly() {
        assertThat(recall(UUID.randomUUID(), TestIdentity.user(user))).hasStatus(403);
        assertThat(recall(UUID.randomUUID(), TestIdentity.service("ledger-service")))
                .hasStatus(404);
    }

    @Test
    void refusesAUserWithoutALeaseWhileTheLedgerIsAwayAndServesOneWithALease() {
        LEDGER.with(user, 10_000);
        reserve(100);
        away = true;
        try {
            assertThat(reserve(100)).isInstanceOf(Outcome.Reserved.class);
            assertThat(spending.reserve(UUID.randomUUID(), UUID.randomUUID(), null, tier -> new Credits(1)))
                    .isInstanceOf(Outcome.Unavailable.class);
        } finally {
            away = false;
        }
        await().until(() -> reserve(100) instanceof Outcome.Reserved);
    }

    private Outcome reserve(long micro) {
        return spending.reserve(UUID.randomUUID(), user, null, tier -> new Credits(micro));
    }

    private MvcTestResult recall(UUID lease, String token) {
        return http.post()
                .uri("/internal/leases/recall")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .contentType(MediaType.APPLICATION_JSON)
                .content(JSON.writeValueAsBytes(new Recall(lease)))
                .exchange();
    }

    private static HttpServer serve() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/internal/leases", SpendingIT::answer);
            server.start();
            return server;
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            TOKENS.add(exchange.getRequestHeaders().getFirst("Authorization"));
            var body = exchange.getRequestBody().readAllBytes();
            if (away) {
                exchange.sendResponseHeaders(503, -1);
            } else if (exchange.getRequestURI().getPath().endsWith("/statements")) {
                var statement = JSON.readValue(body, Statement.class);
                LEDGER.state(statement.leaseId(), statement);
                exchange.sendResponseHeaders(200, -1);
            } else {
                var answer = JSON.writeValueAsBytes(LEDGER.open(JSON.readValue(body, Open.class)));
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        }
    }
}
