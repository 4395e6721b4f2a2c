package io.quotabank.ledger.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.settlement.Settling;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The clock stands still between steps, and nothing books what has expired but who has to. */
class ExpiryIT {

    private static final Map<String, Object> NO_JOB =
            Map.of("quotabank.grant.sweep-every", "1h", "quotabank.grant.sweep-most", "7");
    private static final Ledger LEDGER = Ledger.with(NO_JOB, TestClock.InPlaceOfTheSystems.class);
    private static final TestClock CLOCK = TestClock.of(LEDGER);
    private static final People PEOPLE = new People(LEDGER);
    private static final Duration SOON = Duration.ofMillis(5);

    private final UUID person = UUID.randomUUID();
    private final AccountId account = LEDGER.bean(Grants.class).welcome(person);

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @Test
    @Tag("long")
    void isBookedThoughNobodyLooks() {
        try (var awake = Ledger.with(Map.of("quotabank.grant.sweep-every", "50ms"))) {
            var someone = awake.bean(Grants.class).welcome(person);
            var gift = Gift.of("a", Origin.CODE, Credits.of(80), Instant.now().plusMillis(300));
            awake.bean(Grants.class).give(someone, gift);
            await().until(() -> new People(awake).posted(person) == People.SIGN_UP);
            assertThat(awake.number("SELECT amount FROM transfer WHERE type = 'expiry' AND debit = ?", someone.value()))
                    .isEqualTo(80_000_000);
            assertThat(awake.differences()).isEmpty();
        }
    }

    @Test
    void whatHasExpiredIsNoLongerLeasedThoughNothingHasBookedIt() {
        give(80);
        CLOCK.pass(SOON);
        assertThat(PEOPLE.posted(person)).as("not booked").isEqualTo(People.SIGN_UP + 80_000_000);
        assertThat(PEOPLE.lease(person, People.SIGN_UP + 1, People.SIGN_UP + 1).granted())
                .isNull();
        assertThat(PEOPLE.posted(person)).as("booked first").isEqualTo(People.SIGN_UP);
        assertThat(PEOPLE.lease(person, People.SIGN_UP, People.SIGN_UP).granted())
                .isEqualTo(new Credits(People.SIGN_UP));
    }

    @Test
    void theBalanceHasNothingOfIt() {
        give(80);
        CLOCK.pass(SOON);
        var body = LEDGER.call("GET", "/api/credits/balance/" + person, TestIdentity.user(person), "")
                .body();
        assertThat(body.get("credits").toString()).isEqualTo("520");
        assertThat(body.get("expiring").size()).isEqualTo(1);
    }

    @Test
    void takesNothingOfPaidCreditsHoweverLittleTheGrantHasLeft() {
        give(80);
        recharge(1_000);
        spend(50_000_000);
        CLOCK.pass(SOON);
        LEDGER.bean(Expiries.class).book(account);
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + 1_000_000_000);
        assertThat(expired()).as("80 less the 50 that were spent").containsExactly(30_000_000L);
        CLOCK.pass(SOON);
        LEDGER.bean(Expiries.class).book(account);
        assertThat(expired()).as("once").hasSize(1);
    }

    @Test
    void whatWasSpentBeforeBelongsToTheGrantOfThatTimeAndLaterOnesStayWhole() {
        give(80);
        var lease = PEOPLE.lease(person, 60_000_000, 60_000_000).leaseId();
        CLOCK.pass(SOON);
        LEDGER.bean(Expiries.class).book(account);
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + 60_000_000);
        assertThat(expired()).containsExactly(20_000_000L);
        give(90);
        settle(lease, 60_000_000);
        LEDGER.bean(Expiries.class).book(account);
        assertThat(left())
                .as("sign-up, the first gift, the later one")
                .containsExactly(People.SIGN_UP, 0L, 90_000_000L);
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + 90_000_000);
    }

    @Test
    void whatAHoldGivesBackOfAnExpiredGrantGoesToNobody() {
        give(80);
        var lease = PEOPLE.lease(person, 60_000_000, 60_000_000).leaseId();
        CLOCK.pass(SOON);
        LEDGER.bean(Expiries.class).book(account);
        PEOPLE.state(People.statement(lease, 1, 25_000_000, true));
        assertThat(PEOPLE.held(person)).isEqualTo(25_000_000);
        assertThat(PEOPLE.lease(person, People.SIGN_UP + 1, People.SIGN_UP + 1).granted())
                .isNull();
        assertThat(expired()).containsExactly(20_000_000L, 35_000_000L);
        settle(lease, 25_000_000);
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP);
        assertThat(PEOPLE.held(person)).isZero();
    }

    @Test
    void aSweepBooksAsManyAsItMayAndSaysHowManyAndTheJobBooksAll() {
        var expiries = LEDGER.bean(Expiries.class);
        LEDGER.bean(ExpiryJob.class).run();
        assertThat(expiries.sweep(5)).isZero();
        var people = new ArrayList<UUID>();
        for (int i = 0; i < 13; i++) {
            var someone = UUID.randomUUID();
            var theirs = LEDGER.bean(Grants.class).welcome(someone);
            var gift = Gift.of(
                    "j" + someone, Origin.CODE, Credits.of(80), CLOCK.instant().plus(SOON));
            assertThat(LEDGER.bean(Grants.class).give(theirs, gift)).isPresent();
            people.add(someone);
        }
        CLOCK.pass(SOON);
        assertThat(expiries.sweep(5)).isEqualTo(5);
        // Eight are left, and a transaction of the job books seven.
        LEDGER.bean(ExpiryJob.class).run();
        assertThat(people).allSatisfy(each -> assertThat(PEOPLE.posted(each)).isEqualTo(People.SIGN_UP));
        assertThat(expiries.sweep(5)).isZero();
    }

    @Test
    void aKeyGivesOnceAndWhatWouldExpireAtOnceIsRefused() {
        var grants = LEDGER.bean(Grants.class);
        var gift = Gift.of(
                "once" + person, Origin.CODE, Credits.of(7), CLOCK.instant().plus(SOON));
        var id = grants.give(account, gift).orElseThrow();
        assertThat(grants.give(account, gift)).isEmpty();
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + 7_000_000);
        assertThat(LEDGER.number("SELECT amount FROM transfer WHERE id = ? AND type = 'bonus'", id))
                .isEqualTo(7_000_000);
        assertThat(LEDGER.jdbc().queryForMap("SELECT * FROM credit_grant WHERE transfer = ?", id))
                .containsEntry("key", gift.key())
                .containsEntry("account", account.value())
                .containsEntry("origin", "code")
                .containsEntry("amount", 7_000_000L)
                .containsEntry("reason", null)
                .containsEntry("actor", null);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        grants.give(account, Gift.of("late" + person, Origin.CODE, Credits.of(7), CLOCK.instant())));
        assertThat(grants.expiring(account))
                .extracting(Grants.Expiring::amount)
                .containsExactly(Credits.of(7), Credits.of(520));
        CLOCK.pass(SOON);
        assertThat(grants.expiring(account)).extracting(Grants.Expiring::amount).containsExactly(Credits.of(520));
        assertThat(PEOPLE.posted(person)).as("booked first").isEqualTo(People.SIGN_UP);
    }

    @Test
    void whatOpenHoldsHaveOfALotThatExpiresIsToldToThem() {
        give(80);
        var lease = PEOPLE.lease(person, 60_000_000, 60_000_000).leaseId();
        CLOCK.pass(SOON);
        LEDGER.bean(Expiries.class).book(account);
        assertThat(LEDGER.number("SELECT backed FROM hold WHERE id = ?", lease)).isEqualTo(60_000_000);
        assertThat(LEDGER.number("SELECT backed FROM account WHERE id = ?", account.value()))
                .isEqualTo(60_000_000);
        assertThat(LEDGER.number(
                        "SELECT count(*) FROM transfer t JOIN credit_grant g ON t.reference = g.transfer"
                                + " WHERE t.type = 'expiry' AND t.debit = ? AND g.amount = 80000000",
                        account.value()))
                .isEqualTo(1);
    }

    @Test
    void aLotThatIsGoneMeanwhileIsNotTakenTwice() {
        var lots = LEDGER.bean(LotStore.class);
        var known = lots.open(List.of(account)).get(account).getFirst();
        assertThat(lots.person(account)).isEqualTo(person);
        assertThat(lots.has("signup:" + person)).isTrue();
        assertThat(lots.has("signup:" + UUID.randomUUID())).isFalse();
        LEDGER.undone(() -> {
            var lot = new Lot(UUID.randomUUID(), account, Origin.GIFT, known.left(), null);
            var part = new BurnDown.Part(lot, Credits.ZERO, Credits.ZERO, Credits.ZERO);
            assertThatThrownBy(() -> lots.take(List.of(part)))
                    .isInstanceOf(BrokenRuleException.class)
                    .hasMessage("wrote 0 of 1 grants");
        });
    }

    @Test
    void inOrderOfPriorityThenExpiryThenAge() {
        var grants = LEDGER.bean(Grants.class);
        var soon = CLOCK.instant().plusSeconds(50);
        var later = CLOCK.instant().plusSeconds(60);
        // In the order in which they are given: the sign-up grant of 520, in 90 days, came first.
        grants.give(account, Gift.of("1" + person, Origin.TIER_BONUS, Credits.of(10), soon));
        grants.give(account, Gift.of("2" + person, Origin.CODE, Credits.of(10), later));
        grants.give(account, Gift.of("3" + person, Origin.CODE, Credits.of(10), soon));
        grants.give(account, Gift.of("4" + person, Origin.INVITATION, Credits.of(10), soon));
        grants.give(account, Gift.of("5" + person, Origin.CODE, Credits.of(10), null));
        recharge(10);
        // 3, 4, 2, sign-up, 5, 1, paid.
        assertThat(leftAfter(5)).containsExactly(520L, 10L, 10L, 5L, 10L, 10L);
        assertThat(leftAfter(10)).containsExactly(520L, 10L, 10L, 0L, 5L, 10L);
        assertThat(leftAfter(10)).containsExactly(520L, 10L, 5L, 0L, 0L, 10L);
        assertThat(leftAfter(10)).containsExactly(515L, 10L, 0L, 0L, 0L, 10L);
        assertThat(leftAfter(520)).containsExactly(0L, 10L, 0L, 0L, 0L, 5L);
        assertThat(leftAfter(10)).containsExactly(0L, 5L, 0L, 0L, 0L, 0L);
        assertThat(leftAfter(10)).containsExactly(0L, 0L, 0L, 0L, 0L, 0L);
        assertThat(PEOPLE.posted(person)).as("paid credits last").isEqualTo(5_000_000);
    }

    @Test
    @Tag("long")
    void twoSweepersBookEachAccountOnceWhilePeopleSpend() throws Exception {
        var people = new ArrayList<UUID>();
        for (int i = 0; i < 60; i++) {
            var someone = UUID.randomUUID();
            var theirs = LEDGER.bean(Grants.class).welcome(someone);
            LEDGER.bean(Grants.class)
                    .give(
                            theirs,
                            Gift.of(
                                    "s" + someone,
                                    Origin.CODE,
                                    Credits.of(80),
                                    CLOCK.instant().plus(SOON)));
            people.add(someone);
        }
        var later = CLOCK.instant().plus(SOON);
        try (var other = LEDGER.another(NO_JOB, TestClock.InPlaceOfTheSystems.class);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CLOCK.pass(SOON);
            TestClock.of(other).pass(Duration.between(TestClock.of(other).instant(), later));
            var calls = new ArrayList<Callable<Object>>();
            for (var ledger : List.of(LEDGER, other, LEDGER, other)) {
                calls.add(() -> {
                    ledger.bean(ExpiryJob.class).run();
                    return ledger;
                });
            }
            for (var someone : people.subList(0, 30)) {
                calls.add(() -> PEOPLE.lease(someone, 1_000_000, 1_000_000));
            }
            for (var call : threads.invokeAll(calls)) {
                call.get();
            }
            // What somebody had locked was left for later.
            LEDGER.bean(ExpiryJob.class).run();
        }
        for (var someone : people) {
            assertThat(PEOPLE.posted(someone)).isEqualTo(People.SIGN_UP);
        }
        assertThat(LEDGER.number("SELECT count(*) FROM transfer t JOIN account a ON a.id = t.debit"
                        + " JOIN credit_grant g ON g.transfer = t.reference AND g.key = 's' || a.person"
                        + " WHERE t.type = 'expiry'"))
                .isEqualTo(60);
    }

    private void give(long credits) {
        var gift = Gift.of(
                UUID.randomUUID().toString(),
                Origin.CODE,
                Credits.of(credits),
                CLOCK.instant().plus(SOON));
        assertThat(LEDGER.bean(Grants.class).give(account, gift)).isPresent();
    }

    private void recharge(long credits) {
        var admin = TestIdentity.user(UUID.randomUUID(), "admin");
        var body = "{\"user_id\":\"" + person + "\",\"credits\":" + credits + "}";
        assertThat(LEDGER.call("POST", "/api/credits/recharge", admin, body).status())
                .isEqualTo(200);
    }

    private void spend(long micro) {
        settle(PEOPLE.lease(person, micro, micro).leaseId(), micro);
    }

    private void settle(UUID lease, long micro) {
        Settling.settle(LEDGER, person, lease, micro);
    }

    private List<Long> leftAfter(long credits) {
        spend(credits * Credits.MICRO_PER_CREDIT);
        LEDGER.bean(Expiries.class).book(account);
        return left().stream().map(micro -> micro / Credits.MICRO_PER_CREDIT).toList();
    }

    private List<Long> left() {
        return LEDGER.jdbc()
                .queryForList(
                        "SELECT amount - gone FROM credit_grant WHERE account = ? ORDER BY transfer",
                        Long.class,
                        account.value());
    }

    private List<Long> expired() {
        return LEDGER.jdbc()
                .queryForList(
                        "SELECT amount FROM transfer WHERE type = 'expiry' AND debit = ? ORDER BY debit_seq",
                        Long.class,
                        account.value());
    }
}
