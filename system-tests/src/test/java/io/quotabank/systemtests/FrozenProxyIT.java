package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.Result;
import io.quotabank.systemtests.stack.UsageTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A proxy frozen past its leases and woken again: what it settles late is the platform's loss, never the user's. */
class FrozenProxyIT {

    private static final String MODEL = "kimi-k2";

    @AfterEach
    void takeTheKeysBack() {
        Suite.withdrawKeys();
    }

    @Test
    void whatAFrozenProxySettlesLateIsNotTheUsersLoss() throws Exception {
        var apiKey = Suite.keyFor(MODEL, 20);
        var since = System.currentTimeMillis();
        var buyer = Suite.buyer("0");
        var pids = STACK.instances("proxy-service").stream()
                .map(instance -> instance.pid())
                .toList();
        try (var topic = new UsageTopic(STACK);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<Result>>();
            var caller = new Caller(STACK);
            for (int i = 0; i < 10; i++) {
                futures.add(threads.submit(() -> caller.stream(buyer.accessKey(), MODEL, "Go on.", 100, -1)));
            }
            await().until(() -> Suite.SANDBOX.served(apiKey, since).stream()
                            .filter(served -> served.completionTokens() > 10)
                            .count()
                    == 10);
            for (long pid : pids) {
                Cli.signal("STOP", pid);
            }
            try {
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> assertThat(Suite.PEOPLE
                                        .balance(buyer.userId())
                                        .path("held")
                                        .decimalValue())
                                .isEqualByComparingTo("0"));
            } finally {
                for (long pid : pids) {
                    Cli.signal("CONT", pid);
                }
            }
            for (var future : futures) {
                future.get();
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> topic.closed().values().stream()
                                    .filter(event -> event.userId().equals(buyer.userId()))
                                    .count()
                            == 10);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Proof.settledOf(buyer.userId(), Duration.ofSeconds(5))
                                    .size()
                            == 10);

            assertThat(Proof.credits(buyer.userId())).isEqualByComparingTo("520");
            assertThat(Proof.settledOf(buyer.userId(), Duration.ofSeconds(5)).values())
                    .allSatisfy(row -> {
                        assertThat(row.charge()).isZero();
                        assertThat(row.loss()).isEqualTo(row.served());
                    });
        }
        Proof.booksAreRight();
    }
}
