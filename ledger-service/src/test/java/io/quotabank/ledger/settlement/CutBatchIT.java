package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.PostgresProxy;
import io.quotabank.ledger.PostgresProxy.Cut;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection is cut in the middle of a batch, before its COMMIT, and after it: each event is settled once. */
class CutBatchIT {

    private static final int EVENTS = 200;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final TestPostgres.Database DATABASE = TestPostgres.fresh("ledger");
    private static final PostgresProxy PROXY = PostgresProxy.to(DATABASE.url());
    private static final Ledger LEDGER = Ledger.consumingOn(
            DATABASE, Map.of("spring.datasource.url", PROXY.url(DATABASE.name()), "quotabank.settlement.batch", "100"));

    private final UUID owner = UUID.randomUUID();
    private final UUID user = UUID.randomUUID();
    private final People people = new People(LEDGER);

    @AfterAll
    static void close() {
        LEDGER.close();
        PROXY.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void aCutAtItsCommit(Cut cut) {
        settledOnceThough(() -> PROXY.cut(cut, "COPY settlement"));
    }

    /** In the header of the rows, in the first one, in one of the middle. */
    @ParameterizedTest
    @ValueSource(longs = {5, 60, 2_000})
    void aCutInTheRowsOfItsTransfers(long bytes) {
        settledOnceThough(() -> PROXY.cutCopy("transfer", bytes));
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 60, 2_000})
    void aCutInTheRowsOfItsSettlements(long bytes) {
        settledOnceThough(() -> PROXY.cutCopy("settlement", bytes));
    }

    @Test
    void aDatabaseThatRefusesAndIsSlowAndComesBack() {
        var events = events();
        PROXY.refuse(true);
        UsageTopic.send(events);
        await().atMost(LONG)
                .until(() -> LEDGER.call("GET", "/actuator/health", null, "").status() == 503);
        PROXY.delay(Duration.ofMillis(2));
        PROXY.refuse(false);

        settledOnce(events);
        PROXY.delay(Duration.ZERO);
    }

    private void settledOnceThough(Supplier<CompletableFuture<Cut>> order) {
        var events = events();
        var happened = order.get();

        UsageTopic.send(events);

        await().atMost(LONG).until(happened::isDone);
        settledOnce(events);
    }

    private List<Closed> events() {
        var lease = people.lease(user, 1_000_000, 1_000_000).leaseId();
        var events = new ArrayList<Closed>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(TestUsage.of(user)
                    .cost(1_000)
                    .from(lease, 1_000)
                    .served(owner, 1_000)
                    .closed());
        }
        return events;
    }

    private void settledOnce(List<Closed> events) {
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(LEDGER.number("SELECT count(*) FROM settlement WHERE owner = ?", owner))
                        .isEqualTo(events.size()));
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(people.earned(owner)).isEqualTo(EVENTS * 950L));
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - EVENTS * 1_000L);
        assertThat(LEDGER.number("SELECT count(*) FROM transfer WHERE type = 'proxy_usage' AND debit ="
                        + " (SELECT id FROM account WHERE code = 'user:" + user + "')"))
                .isEqualTo(EVENTS);
        assertThat(LEDGER.differences()).isEmpty();
    }
}
