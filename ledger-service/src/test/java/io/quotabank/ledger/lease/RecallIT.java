package io.quotabank.ledger.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Recalls against a real HTTP holder. */
class RecallIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final People people = new People(LEDGER);
    private final UUID user = UUID.randomUUID();
    private final ConcurrentLinkedQueue<Recall> recalls = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> callers = new ConcurrentLinkedQueue<>();
    private volatile Function<Recall, Statement> holder = recall -> People.statement(recall.leaseId(), 1, 0, true);
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/recall", exchange -> {
            var recall = JsonMapper.shared().readValue(exchange.getRequestBody(), Recall.class);
            callers.add(exchange.getRequestHeaders().getFirst("Authorization"));
            recalls.add(recall);
            var body = JsonMapper.shared().writeValueAsBytes(holder.apply(recall));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void whatOthersHoldUnusedIsRecalledForOneWhoNeedsIt() throws Exception {
        holder = recall -> People.statement(recall.leaseId(), 1, 1_000, true);
        var idle = lease(People.SIGN_UP);

        var answer = people.lease(user, 5_000, 5_000);

        assertThat(answer.granted().micro()).isEqualTo(5_000);
        assertThat(answer.balance().micro()).isEqualTo(People.SIGN_UP - 1_000);
        assertThat(recalls).extracting(Recall::leaseId).containsExactly(idle);
        assertThat(people.held(user)).isEqualTo(6_000);
        var caller = TestIdentity.of("proxy-service").verify(callers.peek().substring("Bearer ".length()));
        assertThat(caller.subject()).isEqualTo("service:ledger-service");
    }

    @Test
    void whatLeasesHoldUnusedIsRecalledForAnApplicationsHold() {
        holder = recall -> People.statement(recall.leaseId(), 1, 1_000_000, true);
        var idle = lease(People.SIGN_UP);
        var video = new Application(LEDGER);

        assertThat(video.open(user, "520.000001", "").status())
                .as("no lease has that much")
                .isEqualTo(400);
        assertThat(recalls).isEmpty();
        assertThat(video.open(user, "520", "").body().get("detail").asString()).contains("519");
        assertThat(recalls).extracting(Recall::leaseId).containsExactly(idle);
        assertThat(video.open(user, "519", "").status()).isEqualTo(200);
        assertThat(people.held(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void anExtensionRecallsToo() {
        var video = new Application(LEDGER);
        var hold = video.opened(user, "20");
        lease(People.SIGN_UP - 20_000_000);
        assertThat(video.extend(hold, "{\"amount\":500}").status()).isEqualTo(200);
        assertThat(recalls).hasSize(1);
        assertThat(people.held(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void whereOnlyTheCapIsShortOnlyLeasesUnderItAreRecalled() {
        holder = recall -> People.statement(recall.leaseId(), 1, 100, true);
        var cap = new SpendingCap(TestUsage.IDS.next(), 1, new Credits(1_000), null, null);
        var idle = TestUsage.IDS.next();
        people.lease(idle, user, url(), cap, 1_000, 1_000);
        var uncapped = lease(1_000_000);
        var otherCap = new SpendingCap(TestUsage.IDS.next(), 1, new Credits(1_000), null, null);
        people.lease(TestUsage.IDS.next(), user, url(), otherCap, 1_000, 1_000);

        assertThat(people.lease(user, cap, 901, 901).granted()).isNull();
        assertThat(people.lease(user, cap, 900, 900).granted()).isEqualTo(new Credits(900));
        assertThat(recalls).extracting(Recall::leaseId).containsExactly(idle);
        assertThat(people.status(uncapped)).isEqualTo("active");
        assertThat(people.capHeld(cap.accessKeyId())).isEqualTo(1_000);
    }

    @Test
    void itIsRefusedWhereTheHoldersHaveSpentIt() {
        holder = recall -> People.statement(recall.leaseId(), 1, People.SIGN_UP, true);
        lease(People.SIGN_UP);
        assertThat(people.lease(user, 1, 1).granted()).isNull();
        assertThat(recalls).hasSize(1);
        // It has given its last word: asking again would help nobody.
        assertThat(people.lease(user, 1, 1).granted()).isNull();
        assertThat(recalls).hasSize(1);
    }

    @Test
    void aHolderThatDoesNotAnswerInTimeIsPassedOver() {
        var never = new CountDownLatch(1);
        holder = recall -> {
            await(never);
            return People.statement(recall.leaseId(), 1, 0, true);
        };
        lease(People.SIGN_UP / 2);
        lease(People.SIGN_UP / 2);

        assertThat(people.lease(user, 1, 1).granted()).isNull();
        assertThat(recalls).as("asked at once: neither has answered").hasSize(2);
        never.countDown();
    }

    @Test
    void aStatementForAnotherLeaseIsNotBelieved() {
        var stranger = UUID.randomUUID();
        var foreign = people.lease(stranger, 1_000, 1_000).leaseId();
        holder = recall -> People.statement(foreign, 1, 0, true);
        lease(People.SIGN_UP);
        assertThat(people.lease(user, 1, 1).granted()).isNull();
        assertThat(people.held(stranger)).isEqualTo(1_000);
    }

    @Test
    void noConnectionIsHeldWhileHoldersAreAsked() throws Exception {
        int pool = 10;
        var all = new CountDownLatch(pool + 5);
        // Each answers once all are asked: a person who waits for a connection meanwhile would keep all others waiting.
        holder = recall -> {
            all.countDown();
            await(all);
            return People.statement(recall.leaseId(), 1, 0, true);
        };
        var users = Stream.generate(UUID::randomUUID).limit(pool + 5).toList();
        for (var someone : users) {
            people.lease(TestUsage.IDS.next(), someone, url(), People.SIGN_UP, People.SIGN_UP);
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(users.stream()
                    .<Callable<Boolean>>map(
                            someone -> () -> people.lease(someone, 1, 1).granted() != null)
                    .toList());
            for (var answer : answers) {
                assertThat(answer.get()).isTrue();
            }
        }
        assertThat(all.getCount()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private UUID lease(long amount) {
        return people.lease(TestUsage.IDS.next(), user, url(), amount, amount).leaseId();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/recall";
    }
}
