package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.Result;
import io.quotabank.systemtests.stack.Gateways;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Stack.Instance;
import io.quotabank.systemtests.stack.UsageTopic;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every instance of every service is restarted in turn under load, and no request is lost. */
class RollingIT {

    private static final String MODEL = "glm-4.5";
    private static final int TOKENS_PER_SECOND = 30;
    private static final int STREAMS = 4;
    private static final int PLAIN = 3;
    private static final int AT_ONCE = 20;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final BigDecimal RECHARGED = new BigDecimal("0.5");

    private static final Duration TOKEN_FOR = Duration.ofSeconds(30);

    private record Signed(String token, long atNs) {}

    private static String apiKey = "";

    private final Queue<Result> results = new ConcurrentLinkedQueue<>();
    private final Map<String, Signed> tokens = new ConcurrentHashMap<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger recharges = new AtomicInteger();
    private volatile boolean rolling = true;

    @BeforeAll
    static void aKeyWithSlowStreams() throws Exception {
        apiKey = Suite.keyFor(MODEL, TOKENS_PER_SECOND);
        var first = Suite.buyer("100");
        try (var gateways = new Gateways(STACK);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var caller = new Caller(gateways::next);
            Callable<Result> call = () -> caller.chat(first.accessKey(), MODEL, "Go on.", 1);
            // So many at once are spread over all proxies; each has to have heard of the key.
            await().until(() -> threads.invokeAll(Collections.nCopies(AT_ONCE, call)).stream()
                    .allMatch(result -> result.resultNow().end() == Caller.End.WHOLE));
        }
    }

    @AfterAll
    static void withdraw() {
        Suite.withdrawKeys();
    }

    @Test
    void losesNoRequestWhileEveryInstanceIsRestartedInTurn() throws Exception {
        var since = System.currentTimeMillis();
        var buyer = Suite.buyer("10000");
        var credits = Proof.credits(buyer.userId());
        var before = pids();
        assertThat(before).hasSizeGreaterThanOrEqualTo(10);
        try (var topic = new UsageTopic(STACK);
                var gateways = new Gateways(STACK);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var load = start(buyer, gateways).map(threads::submit).toList();
            var rolled = Cli.end("restart", "--rolling");
            rolling = false;
            for (var worker : load) {
                worker.get();
            }

            assertThat(rolled.code()).as(rolled.output()).isZero();
            assertThat(pids())
                    .allSatisfy((name, pid) -> assertThat(pid).isPositive().isNotEqualTo(before.get(name)));
            assertThat(results)
                    .filteredOn(result -> result.end() != Caller.End.WHOLE)
                    .isEmpty();
            assertThat(refused).isEmpty();
            assertThat(looks.get()).isGreaterThan(100);
            assertThat(recharges.get()).isGreaterThan(5);
            booksAgree(buyer, credits, since, topic);
            System.out.printf(
                    "rolled %d instances: %d calls, %d looks at /api, %d recharges, none lost%n",
                    before.size(), results.size(), looks.get(), recharges.get());
        }
        Proof.booksAreRight();
    }

    private void booksAgree(Suite.Buyer buyer, BigDecimal credits, long since, UsageTopic topic) {
        var settled = Proof.settledOf(buyer.userId(), Duration.ofMinutes(2));
        var events = topic.closed().values().stream()
                .filter(event -> event.userId().equals(buyer.userId()))
                .toList();
        var answered = results.stream().map(Result::requestId).collect(Collectors.toSet());
        assertThat(answered).filteredOn(id -> !settled.containsKey(id)).isEmpty();
        assertThat(settled.values())
                .filteredOn(row -> row.expired() || !answered.contains(row.requestId()))
                .isEmpty();
        Proof.wholeAnswersAreSettled(results, settled, topic.closed());
        Proof.eachIsSettledByItsRule(events, settled);
        assertThat(Proof.gap(Proof.served(apiKey, since), events, List.copyOf(results)))
                .isZero();
        var charged = settled.values().stream().mapToLong(Proof.Settled::charge).sum();
        assertThat(credits.add(RECHARGED.multiply(BigDecimal.valueOf(recharges.get())))
                        .subtract(Proof.credits(buyer.userId()))
                        .movePointRight(6))
                .isEqualByComparingTo(Long.toString(charged));
    }

    private Stream<Callable<Void>> start(Suite.Buyer buyer, Gateways gateways) {
        var caller = new Caller(gateways::next);
        var workers = new ArrayList<Callable<Void>>();
        for (int i = 0; i < STREAMS; i++) {
            int tokens = TOKENS_PER_SECOND * (1 + i);
            workers.add(whileRolling(() -> results.add(caller.stream(buyer.accessKey(), MODEL, "Go on.", tokens, -1))));
        }
        for (int i = 0; i < PLAIN; i++) {
            workers.add(whileRolling(() -> results.add(caller.chat(buyer.accessKey(), MODEL, "Go on.", 20))));
        }
        for (var path : List.of("/api/credits/balance/" + buyer.userId(), "/api/usage?limit=5", "/v1/models")) {
            workers.add(whileRolling(() -> {
                look(gateways, path, buyer.accessKey());
                looks.incrementAndGet();
            }));
        }
        for (var path : List.of("/api/pool/keys", "/api/catalog/prices", "/api/access-keys", "/api/risk/findings")) {
            workers.add(whileRolling(() -> {
                look(gateways, path, token("seller"));
                looks.incrementAndGet();
            }));
        }
        workers.add(whileRolling(() -> {
            recharge(gateways, buyer.userId());
            recharges.incrementAndGet();
        }));
        return workers.stream();
    }

    /** Keycloak takes so many sign-ins of one person for an attack: each token is used for a while. */
    private String token(String person) {
        return tokens.compute(
                        person,
                        (name, last) -> last != null && System.nanoTime() - last.atNs() < TOKEN_FOR.toNanos()
                                ? last
                                : new Signed(PEOPLE.token(name), System.nanoTime()))
                .token();
    }

    private Callable<Void> whileRolling(Runnable step) {
        return () -> {
            while (rolling) {
                step.run();
                Thread.sleep(PAUSE);
            }
            return null;
        };
    }

    private void look(Gateways gateways, String path, String bearer) {
        expect(200, path, connected(() -> Http.get(gateways.next() + path, bearer)));
    }

    /** Not repeated by anybody who can't know that nothing was sent: each is booked once. */
    private void recharge(Gateways gateways, UUID user) {
        var path = "/api/credits/recharge";
        var body = Map.of(
                "user_id",
                user.toString(),
                "amount",
                1,
                "credits",
                RECHARGED,
                "payment_method",
                "wechat",
                "order_id",
                "rolling-" + UUID.randomUUID());
        var token = token("admin");
        expect(200, path, connected(() -> Http.post(gateways.next() + path, token, body)));
    }

    // What could not connect has sent nothing, and is tried at the next gateway.
    private static Http.Answer connected(Callable<Http.Answer> call) {
        for (int tries = 1; ; tries++) {
            try {
                return call.call();
            } catch (UncheckedIOException failed) {
                if (tries == 3 || !(failed.getCause() instanceof ConnectException)) {
                    throw failed;
                }
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    private void expect(int status, String path, Http.Answer answer) {
        if (answer.status() != status) {
            refused.add(path + ": " + answer.status() + " " + answer.body());
        }
    }

    /** Every instance of our own services, two of each at least. */
    private static Map<String, Long> pids() {
        return STACK.services().stream()
                .map(STACK::instances)
                .filter(instances -> !instances.getFirst().management().isEmpty())
                .peek(instances -> assertThat(instances).hasSizeGreaterThanOrEqualTo(2))
                .flatMap(List::stream)
                .collect(Collectors.toMap(Instance::name, Instance::pid));
    }
}
