package io.quotabank.ledger.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.cap.LedgerCaps.Spent;
import io.quotabank.contracts.cap.LedgerCaps.Wish;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What caps of access keys do to leases and settlements, through the real topic. */
class CapRulesIT {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static Ledger ledger;
    private static People people;

    private final UUID user = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();
    private final UUID key = TestUsage.IDS.next();

    @BeforeAll
    static void start() {
        ledger = Ledger.consuming(Map.of());
        people = new People(ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void aLeaseTakesAtMostHalfOfWhatTheCapHasLeftAndAllOfItWhereItIsNeeded() {
        var first = people.lease(user, total(1, 1_000), 10, 5_000);
        assertThat(first.granted()).isEqualTo(new Credits(500));
        assertThat(first.capLeft()).isEqualTo(new Credits(500));
        assertThat(people.lease(user, total(1, 1_000), 500, 500).capLeft()).isEqualTo(Credits.ZERO);

        var refused = people.lease(user, total(1, 1_000), 1, 1);
        assertThat(refused.granted()).isNull();
        assertThat(refused.capLeft()).isEqualTo(Credits.ZERO);
        assertThat(refused.available()).isEqualTo(new Credits(People.SIGN_UP - 1_000));
        assertThat(people.lease(user, 1, 1).granted())
                .as("of a key without a cap")
                .isNotNull();
    }

    @Test
    void theSameLeaseAgainTakesNothingMore() {
        var lease = TestUsage.IDS.next();
        people.lease(lease, user, People.NOBODY, total(1, 1_000), 600, 600);
        var again = people.lease(lease, user, People.NOBODY, total(1, 1_000), 600, 600);
        assertThat(again.granted()).isEqualTo(new Credits(600));
        assertThat(again.capLeft()).isEqualTo(new Credits(400));
        assertThat(people.capHeld(key)).isEqualTo(600);
    }

    @Test
    void chargesMoveFromHeldToSpentOnceAndTheRestComesBack() {
        var lease = people.lease(user, total(1, 1_000), 600, 600).leaseId();
        var event =
                TestUsage.of(user).cost(250).from(lease, 600).served(owner, 250).closed();
        people.settled(event);
        assertThat(people.capHeld(key)).isEqualTo(350);
        assertThat(people.capSpent(key)).isEqualTo(250);

        people.state(People.statement(lease, 1, 250, true));
        assertThat(people.capHeld(key)).isZero();
        assertThat(people.lease(user, total(1, 1_000), 750, 750).granted()).isEqualTo(new Credits(750));
        assertThat(people.lease(user, total(1, 1_000), 1, 1).granted()).isNull();
    }

    @Test
    void aCostAboveTheReservationPassesNoCap() {
        var lease = people.lease(user, total(1, 100), 100, 100).leaseId();
        people.settled(
                TestUsage.of(user).cost(130).from(lease, 100).served(owner, 130).closed());
        assertThat(people.capSpent(key)).isEqualTo(100);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 100);
    }

    @Test
    void anEventAfterItsLeaseEndedCountsAsItIsCharged() {
        var lease = people.lease(user, total(1, 100), 100, 100).leaseId();
        people.state(People.statement(lease, 1, 0, true));
        people.settled(
                TestUsage.of(user).cost(60).from(lease, 100).served(owner, 60).closed());
        assertThat(people.capSpent(key)).isZero();
        assertThat(people.capHeld(key)).isZero();
    }

    @Test
    void aSecondDifferentRecordTakesNothingMoreOfTheCap() {
        var lease = people.lease(user, total(1, 100), 100, 100).leaseId();
        var first =
                TestUsage.of(user).cost(20).from(lease, 100).served(owner, 20).closed();
        people.settled(first);
        var second = TestUsage.of(user)
                .request(first.requestId())
                .cost(50)
                .from(lease, 100)
                .served(owner, 50)
                .closed();
        var marker = TestUsage.of(user).closed();
        people.settled(second);
        people.settled(marker);
        assertThat(ledger.number("SELECT count(*) FROM settlement_correction WHERE request = ?", first.requestId()))
                .isOne();
        assertThat(people.capSpent(key)).isEqualTo(20);
        assertThat(people.capHeld(key)).isEqualTo(80);
    }

    @Test
    void aCapLoweredBelowWhatIsSpentAndHeldRefusesAndKeepsWhatIsOut() {
        var lease = people.lease(user, total(1, 1_000), 800, 800).leaseId();
        var refused = people.lease(user, total(2, 300), 1, 1);
        assertThat(refused.granted()).isNull();
        assertThat(refused.capLeft()).isEqualTo(Credits.ZERO);

        people.settled(
                TestUsage.of(user).cost(700).from(lease, 800).served(owner, 700).closed());
        assertThat(people.capSpent(key)).isEqualTo(700);
        people.state(People.statement(lease, 1, 700, true));
        assertThat(people.lease(user, total(2, 300), 1, 1).granted()).isNull();
        assertThat(people.lease(user, total(3, 701), 1, 1).granted()).isEqualTo(new Credits(1));
    }

    @Test
    void whoKnowsAnOlderLimitGoesByTheNewerOne() {
        people.lease(user, total(5, 100), 60, 60);
        assertThat(people.lease(user, total(4, 1_000), 41, 41).granted()).isNull();
        assertThat(people.lease(user, total(4, 1), 40, 40).granted()).isEqualTo(new Credits(40));
    }

    @Test
    void eachOfItsLimitsBounds() {
        var cap = new SpendingCap(key, 1, new Credits(1_000), new Credits(100), new Credits(400));
        assertThat(people.lease(user, cap, 101, 101).granted()).isNull();
        var today = people.lease(user, cap, 100, 100).leaseId();
        people.settled(
                TestUsage.of(user).cost(100).from(today, 100).served(owner, 100).closed());
        assertThat(people.lease(user, cap, 1, 1).granted()).isNull();
        assertThat(people.lease(user, limits(2, null, null, 400L), 301, 301).granted())
                .isNull();
        assertThat(people.lease(user, limits(2, null, null, 400L), 300, 300).granted())
                .isNotNull();
        assertThat(people.lease(user, limits(3, null, 1_000L, 400L), 1, 1).granted())
                .isNull();
        assertThat(people.lease(user, limits(4, 1_000L, null, null), 600, 600).granted())
                .isNotNull();
        assertThat(people.lease(user, limits(4, 1_000L, null, null), 1, 1).granted())
                .isNull();
    }

    @Test
    void whatWasSpentBeforeMidnightCountsInTheDayItsLeaseOpened() {
        var cap = limits(1, 1_000L, 100L, null);
        var lease = people.lease(user, cap, 100, 100).leaseId();
        people.settled(
                TestUsage.of(user).cost(70).from(lease, 100).served(owner, 70).closed());
        // A day has passed: what was opened yesterday is moved there, as the clock would have had it.
        owner(
                "UPDATE hold SET cap_day = cap_day - 1 WHERE cap = '" + key + "'",
                "UPDATE cap_window SET begins = begins - 1 WHERE span = 'day' AND cap = '" + key + "'",
                "UPDATE cap_window SET begins = date_trunc('month', (SELECT cap_day FROM hold WHERE cap = '" + key
                        + "'))::date WHERE span = 'month' AND cap = '" + key + "'");
        assertThat(people.lease(user, cap, 100, 100).granted()).isEqualTo(new Credits(100));

        people.settled(
                TestUsage.of(user).cost(30).from(lease, 100).served(owner, 30).closed());
        var spent = spent();
        assertThat(spent.total()).isEqualTo(new Credits(100));
        assertThat(spent.today()).isEqualTo(Credits.ZERO);
        assertThat(spent.held()).isEqualTo(new Credits(100));
    }

    @Test
    void anotherPersonsKeyIsRefused() {
        people.lease(user, total(1, 1_000), 1, 1);
        var stranger = UUID.randomUUID();
        assertThatThrownBy(() -> people.lease(stranger, total(9, 1_000_000), 1, 1))
                .hasMessageContaining("400");
        assertThat(people.lease(user, total(1, 1_000), 1_000, 1_000).granted()).isNull();
    }

    @Test
    void tellsWhatKeysSpentAndHoldToServicesOnly() {
        var lease = people.lease(user, total(1, 1_000), 600, 600).leaseId();
        people.settled(
                TestUsage.of(user).cost(250).from(lease, 600).served(owner, 250).closed());
        assertThat(spent())
                .isEqualTo(new Spent(key, new Credits(250), new Credits(250), new Credits(250), new Credits(350)));
        var wish = JSON.writeValueAsString(new Wish(List.of(key)));
        assertThat(ledger.call("POST", "/internal/caps", TestIdentity.user(user, "admin"), wish)
                        .status())
                .isEqualTo(403);
        var many = JSON.writeValueAsString(Map.of(
                "accessKeyIds", Stream.generate(UUID::randomUUID).limit(1_001).toList()));
        assertThat(ledger.call("POST", "/internal/caps", Ledger.proxyToken(), many)
                        .status())
                .isEqualTo(400);
        assertThat(ledger.call("POST", "/internal/caps", Ledger.proxyToken(), "{\"accessKeyIds\":[]}")
                        .body())
                .isEmpty();
    }

    private Spent spent() {
        var told = ledger.call(
                "POST", "/internal/caps", Ledger.proxyToken(), JSON.writeValueAsString(new Wish(List.of(key))));
        return JSON.treeToValue(told.body(), Spent[].class)[0];
    }

    private void owner(String... statements) {
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        } catch (java.sql.SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private SpendingCap total(long version, long micro) {
        return limits(version, micro, null, null);
    }

    private SpendingCap limits(long version, @Nullable Long total, @Nullable Long daily, @Nullable Long monthly) {
        return new SpendingCap(key, version, credits(total), credits(daily), credits(monthly));
    }

    private static @Nullable Credits credits(@Nullable Long micro) {
        return micro == null ? null : new Credits(micro);
    }
}
