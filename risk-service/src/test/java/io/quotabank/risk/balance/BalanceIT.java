package io.quotabank.risk.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Opened;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.Proxy;
import io.quotabank.risk.Risk;
import io.quotabank.risk.Topics;
import io.quotabank.risk.key.WatchedKeys;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RK1: use outside the platform shows in the balance that the provider tells. */
class BalanceIT {

    private final UUID key = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();
    private final UUID user = UUID.randomUUID();
    private long version;

    @BeforeEach
    void beginWithTenDollars() {
        Risk.shared();
        Proxy.get().say(key, "10.00");
        tell(State.ACTIVE);
        looksAtIt(2);
    }

    @AfterEach
    void leaveNothing() {
        tell(State.WITHDRAWN);
        Proxy.get().sayNothing(key);
    }

    @Test
    void findsUseOutsideThePlatformWithTheNumbers() {
        use("1.00");
        Proxy.get().say(key, "7.00");

        await().until(() -> !Risk.shared().kinds(key, owner).isEmpty());

        var found = Risk.shared().findings(key, owner).getFirst();
        assertThat(found.path("kind").asString()).isEqualTo("dilution");
        var evidence = found.path("evidence");
        assertThat(evidence.path("balanceBeforeUsd").decimalValue()).isEqualByComparingTo("10");
        assertThat(evidence.path("balanceAfterUsd").decimalValue()).isEqualByComparingTo("7");
        assertThat(evidence.path("balanceFellUsd").decimalValue()).isEqualByComparingTo("3");
        assertThat(evidence.path("platformUsedUsd").decimalValue()).isEqualByComparingTo("1");
        assertThat(evidence.path("outsideUsd").decimalValue()).isEqualByComparingTo("2");
        assertThat(found.path("sentence").asString())
                .contains("fell by 3.00 USD, from 10.00 to 7.00")
                .contains("used at most 1.00 USD")
                .contains("at least 2.00 USD were used outside")
                .contains("15 %");
        await().until(() -> Risk.told(key).stream().anyMatch(told -> told.action() == Action.FLAG));
    }

    @Test
    void saysNothingOfWhatThePlatformUsed() {
        use("2.00");
        Proxy.get().say(key, "7.70");

        looksAtIt(4);

        assertThat(suspected()).isFalse();
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
    }

    /** A provider may go on, and charge, when its client has left: nobody is blamed for that. */
    @Test
    void tellsOnlyOnceADayOfWhatAnswersThatWereLeftMayHaveCost() {
        leave("5.00");
        Proxy.get().say(key, "7.00");
        looksAtIt(4);
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();

        aDayPasses();
        await().until(() -> !Risk.shared().kinds(key, owner).isEmpty());

        var found = Risk.shared().findings(key, owner).getFirst();
        assertThat(found.path("kind").asString()).isEqualTo("dilution");
        assertThat(found.path("sentence").asString())
                .contains("up to 5.00 USD more for answers that callers left")
                .contains("serves on");
        assertThat(found.path("evidence").path("platformPossibleUsd").decimalValue())
                .isEqualByComparingTo("5");
        await().until(() -> Risk.told(key).stream().anyMatch(told -> told.action() == Action.NONE));
        looksAtIt(3);
        assertThat(Risk.told(key)).noneMatch(told -> told.action() == Action.FLAG);
    }

    @Test
    void isCertainOfWhatAnswersThatWereLeftCannotHaveCost() {
        leave("1.00");
        Proxy.get().say(key, "7.00");

        await().until(() -> Risk.told(key).stream().anyMatch(told -> told.action() == Action.FLAG));

        assertThat(Risk.shared()
                        .findings(key, owner)
                        .getFirst()
                        .path("sentence")
                        .asString())
                .contains("used at most 1.00 USD")
                .contains("at least 2.00 USD were used outside");
    }

    @Test
    void saysNothingOfWhatThePlatformUsedOfTheSameAccountByAnotherKey() {
        var sibling = UUID.randomUUID();
        Topics.send(Topics.key(sibling, owner, 1, State.PAUSED, "127.0.0.1:1"));
        await().until(() -> exists("SELECT EXISTS (SELECT FROM watched_key WHERE id = :id)", sibling));
        use(sibling, "2.00");
        Proxy.get().say(key, "7.70");

        looksAtIt(4);

        assertThat(suspected()).isFalse();
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
    }

    @Test
    void waitsForTheRecordsOfRequestsThatStillRun() {
        var request = Topics.IDS.next();
        Topics.send(new Opened(
                request,
                user,
                null,
                "chat",
                "gpt-4o-mini",
                true,
                Credits.ZERO,
                Instant.now().toEpochMilli()));
        await().until(() -> exists("SELECT EXISTS (SELECT FROM open_request WHERE id = :id)", request));
        Proxy.get().say(key, "8.00");
        await().until(this::suspected);
        long judged = due();
        // It was looked at again, and put off: a judgement would have ended the suspicion.
        await().until(() -> suspected() && due() > judged + 2_000);

        Topics.send(Topics.closed(
                request,
                user,
                Instant.now(),
                Topics.attempt(key, owner, Result.SERVED, 200, Usd.credits(new BigDecimal("2.00")))));

        await().until(() -> !suspected());
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
    }

    @Test
    void beginsAnewWhenTheBalanceIsFilledUp() {
        Proxy.get().say(key, "30.00");
        looksAtIt(2);
        Proxy.get().say(key, "29.99");
        looksAtIt(2);

        assertThat(suspected()).isFalse();
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
    }

    @Test
    void noticesASlowUseThatNoSingleSampleShows() {
        var cents = new BigDecimal("10.00");
        for (int i = 0; i < 4 && Risk.shared().kinds(key, owner).isEmpty(); i++) {
            cents = cents.subtract(new BigDecimal("0.01"));
            Proxy.get().say(key, cents.toPlainString());
            looksAtIt(1);
        }

        await().until(() -> !Risk.shared().kinds(key, owner).isEmpty());
    }

    @Test
    void leavesAKeyAloneThatServesNobodyAndLooksAnewWhenItIsBack() {
        tell(State.PAUSED);
        await().until(() -> !exists("SELECT EXISTS (SELECT FROM balance_watch WHERE key_id = :id)", key));
        Proxy.get().say(key, "1.00");

        tell(State.ACTIVE);
        looksAtIt(3);

        assertThat(suspected()).isFalse();
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
    }

    /** Its owner may have used it in between: what was seen before is no measure. */
    @Test
    void looksAnewAtAKeyThatWasPausedAndResumedWithinOnePoll() {
        looksAtIt(1);
        var paused = Topics.key(key, owner, ++version, State.PAUSED, "127.0.0.1:1");
        var active = Topics.key(key, owner, ++version, State.ACTIVE, "127.0.0.1:1");
        Proxy.get().say(key, "1.00");

        Risk.shared().bean("watchedKeys", WatchedKeys.class).take(List.of(active, paused));
        looksAtIt(3);

        assertThat(suspected()).isFalse();
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
    }

    @Test
    void isSharedByTwoProcessesAndFindsOnce() {
        try (var other = Risk.another(Map.of())) {
            Proxy.get().say(key, "5.00");
            await().until(() -> !other.kinds(key, owner).isEmpty());
            looksAtIt(3);
            assertThat(other.kinds(key, owner)).containsExactly("dilution");
        }
    }

    private void tell(State state) {
        version++;
        Topics.send(Topics.key(key, owner, version, state, "127.0.0.1:1"));
    }

    /** Waits for so many further looks at the balance. */
    private void looksAtIt(int times) {
        long until = Proxy.get().questions(key) + times + 1;
        await().until(() -> Proxy.get().questions(key) >= until);
    }

    private void use(String usd) {
        use(key, usd);
    }

    private void use(UUID used, String usd) {
        var attempt = Topics.attempt(used, owner, Result.SERVED, 200, Usd.credits(new BigDecimal(usd)));
        heard(Topics.closed(Topics.IDS.next(), user, Instant.now(), attempt));
    }

    /** A call that was left before anything came of its answer. */
    private void leave(String reservedUsd) {
        var attempt = Topics.attempt(key, owner, Result.CANCELLED, 200, Credits.ZERO);
        var funding = new Funding(UUID.randomUUID(), Usd.credits(new BigDecimal(reservedUsd)));
        heard(Topics.closed(Topics.IDS.next(), user, Instant.now(), List.of(funding), attempt));
    }

    private void aDayPasses() {
        Risk.shared()
                .jdbc()
                .sql("UPDATE balance_watch SET anchor_at = anchor_at - interval '25 hours' WHERE key_id = :key")
                .param("key", key)
                .update();
    }

    private static void heard(Closed closed) {
        Topics.send(closed);
        await().until(() -> exists("SELECT EXISTS (SELECT FROM heard_request WHERE id = :id)", closed.requestId()));
    }

    private boolean suspected() {
        return exists("SELECT EXISTS (SELECT FROM balance_watch WHERE key_id = :id AND suspect_at IS NOT NULL)", key);
    }

    private long due() {
        return Risk.shared()
                .jdbc()
                .sql("SELECT coalesce(max((extract(epoch FROM due_at) * 1000)::bigint), 0) FROM balance_watch"
                        + " WHERE key_id = :key AND claim IS NULL")
                .param("key", key)
                .query(Long.class)
                .single();
    }

    private static boolean exists(String sql, UUID id) {
        return Risk.shared()
                .jdbc()
                .sql(sql)
                .param("id", id)
                .query(Boolean.class)
                .single();
    }
}
