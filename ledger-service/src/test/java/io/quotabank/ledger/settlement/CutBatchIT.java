package io.quotabank.ledger.settlement;

import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.PostgresProxy;
import io.quotabank.ledger.PostgresProxy.Cut;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestPostgres;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection is cut in the middle of a batch, before its COMMIT, and after it: each event is settled once. */
class CutBatchIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final TestPostgres.Database DATABASE = TestPostgres.fresh("ledger");
    private static final PostgresProxy PROXY = PostgresProxy.to(DATABASE.url());
    private static final Ledger LEDGER = Ledger.consumingOn(
            DATABASE, Map.of("spring.datasource.url", PROXY.url(DATABASE.name()), "quotabank.settlement.batch", "100"));

    private final Served served = new Served(LEDGER);

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
        var events = served.events();
        PROXY.refuse(true);
        UsageTopic.send(events);
        await().atMost(LONG)
                .until(() -> LEDGER.call("GET", "/actuator/health", null, "").status() == 503);
        PROXY.delay(Duration.ofMillis(2));
        PROXY.refuse(false);

        served.awaitEachOnce();
        PROXY.delay(Duration.ZERO);
    }

    private void settledOnceThough(Supplier<CompletableFuture<Cut>> order) {
        var events = served.events();
        var happened = order.get();

        UsageTopic.send(events);

        await().atMost(LONG).until(happened::isDone);
        served.awaitEachOnce();
    }
}
