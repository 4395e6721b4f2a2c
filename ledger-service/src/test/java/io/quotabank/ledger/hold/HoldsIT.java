package io.quotabank.ledger.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.RoundTrip;
import io.quotabank.ledger.cap.CapDay;
import io.quotabank.ledger.cap.Caps;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rows of leases; nothing of what is written stays. */
class HoldsIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Holds HOLDS = LEDGER.bean(Holds.class);
    private static final int ALL = 1_000_000;

    private final AccountId account = LEDGER.bean(Grants.class).welcome(UUID.randomUUID());

    @Test
    void whatIsOpenedIsFoundAsItIs() {
        LEDGER.undone(() -> {
            var first = opened(100, null);
            var second = opened(50, null);
            assertThat(HOLDS.find(first.id())).contains(first);
            assertThat(HOLDS.find(UUID.randomUUID())).isEmpty();
            assertThat(HOLDS.byIds(List.of())).isEmpty();
            assertThat(HOLDS.byIds(List.of(first.id(), second.id(), UUID.randomUUID())))
                    .isEqualTo(Map.of(first.id(), first, second.id(), second));
        });
    }

    @Test
    void allThatBecomesOfAHoldIsWritten() {
        LEDGER.undone(() -> {
            var hold = opened(100, null);
            var stated = written(hold, each -> each.state(3, new Credits(40), new Credits(20), true));
            assertThat(HOLDS.find(hold.id())).contains(stated);
            var settled = written(stated, each -> each.settle(new Credits(10)));
            assertThat(HOLDS.find(hold.id())).contains(settled);
            var ended = written(settled, Hold::giveUp);
            assertThat(HOLDS.find(hold.id())).contains(ended);
            assertThat(ended.status()).isEqualTo(Hold.Status.EXPIRED);
            write(writes -> {
                HOLDS.update(List.of(), id -> hold, writes);
                HOLDS.open(List.of(), writes);
            });

            var backed = opened(50, null);
            HOLDS.back(Map.of(account, new Credits(30)));
            var charged = written(HOLDS.find(backed.id()).orElseThrow(), each -> each.settle(new Credits(10)));
            assertThat(charged.backed()).isEqualTo(new Credits(20));
            assertThat(HOLDS.find(backed.id())).contains(charged);
        });
    }

    @Test
    void aHoldThatIsNotAsItWasReadIsNotWritten() {
        LEDGER.undone(() -> {
            var hold = opened(100, null);
            var settled = hold.settle(new Credits(10));
            assertThatThrownBy(() -> written(settled, each -> each.settle(new Credits(1))))
                    .isInstanceOf(BrokenRuleException.class)
                    .hasMessage("wrote 0 of 1 holds");
        });
    }

    @Test
    void accountsActiveHoldsAreListedAndOthersWhateverTheyAre() {
        LEDGER.undone(() -> {
            var active = opened(100, null);
            var ended = opened(50, null);
            var expired = written(ended, Hold::expire);
            assertThat(HOLDS.active(account)).containsExactly(active);
            assertThat(activeAnd(List.of(account), List.of(ended.id())))
                    .isEqualTo(Map.of(active.id(), active, ended.id(), expired));
            assertThat(activeAnd(List.of(account, account), List.of(active.id(), UUID.randomUUID())))
                    .isEqualTo(Map.of(active.id(), active));
            assertThat(activeAnd(List.of(), List.of(ended.id()))).isEqualTo(Map.of(ended.id(), expired));
        });
    }

    @Test
    void theCapThatAHoldCountsUnderIsToldWhatBecameOfIt() {
        LEDGER.undone(() -> {
            var key = UUID.randomUUID();
            var day = new CapDay(key, LocalDate.of(2026, 11, 22));
            var caps = LEDGER.bean(Caps.class);
            var told = new Caps.Told(new SpendingCap(key, 1, Credits.of(5), null, null), account);
            var cap = caps.told(List.of(told), day.day()).get(key);
            caps.hold(List.of(cap.hold(new Credits(100))));
            var hold = opened(100, day);
            assertThat(HOLDS.find(hold.id())).contains(hold);
            written(
                    hold,
                    each -> each.state(1, new Credits(30), Credits.ZERO, true).settle(new Credits(20)));
            assertThat(new People(LEDGER).capHeld(key)).isEqualTo(10);
            assertThat(new People(LEDGER).capSpent(key)).isEqualTo(20);
        });
    }

    @Test
    void theOldestHoldsGetWhatExpiresFirst() {
        LEDGER.undone(() -> {
            var first = opened(100, null);
            var second = opened(50, null);
            HOLDS.back(Map.of());
            HOLDS.back(Map.of(account, new Credits(120)));
            assertThat(HOLDS.byIds(List.of(first.id(), second.id())).values())
                    .extracting(
                            hold -> hold.amount().micro() + " " + hold.backed().micro())
                    .containsExactlyInAnyOrder("100 100", "50 20");
            assertThatThrownBy(() -> HOLDS.back(Map.of(account, new Credits(31))))
                    .isInstanceOf(BrokenRuleException.class)
                    .hasMessage("holds took 30 of 31");
        });
    }

    @Test
    void silenceAndMissingEventsAreFoundByTheAgeOfAHold() {
        LEDGER.undone(() -> {
            var silent = opened(100, null);
            var told = opened(50, null);
            written(told, each -> each.state(1, new Credits(30), Credits.ZERO, true));
            assertThat(HOLDS.overdue(Duration.ZERO, ALL)).contains(silent.id()).doesNotContain(told.id());
            assertThat(HOLDS.unsettled(Duration.ZERO, ALL)).contains(told.id()).doesNotContain(silent.id());
            assertThat(HOLDS.overdue(Duration.ofDays(9_999), ALL)).isEmpty();
            assertThat(HOLDS.unsettled(Duration.ofDays(9_999), ALL)).isEmpty();
            assertThat(HOLDS.overdue(Duration.ZERO, 1)).hasSize(1);
        });
    }

    @Test
    void whatHoldersToldAndNoEventSettledIsCounted() {
        LEDGER.undone(() -> {
            assertThat(HOLDS.toldUnsettled(account)).isEqualTo(Credits.ZERO);
            written(opened(100, null), each -> each.state(1, new Credits(30), new Credits(5), false));
            written(
                    opened(50, null),
                    each -> each.state(1, new Credits(10), Credits.ZERO, false).settle(new Credits(4)));
            assertThat(HOLDS.toldUnsettled(account)).isEqualTo(new Credits(36));
        });
    }

    private Hold opened(long amount, @Nullable CapDay capDay) {
        var transfers = LEDGER.bean(Transfers.class);
        var books = transfers.lock(List.of(account));
        var hold = Hold.opened(TestUsage.IDS.next(), account, "proxy-1", People.NOBODY, new Credits(amount), capDay);
        books.hold(account, hold.amount());
        write(writes -> {
            HOLDS.open(List.of(hold), writes);
            transfers.post(books, writes);
        });
        return hold;
    }

    private static Map<UUID, Hold> activeAnd(List<AccountId> accounts, List<UUID> ids) {
        var found = new HashMap<UUID, Hold>();
        write(reads -> HOLDS.activeAnd(accounts, ids, reads, found));
        return found;
    }

    private static Hold written(Hold before, UnaryOperator<Hold> change) {
        var after = change.apply(before);
        write(writes -> HOLDS.update(List.of(after), id -> before, writes));
        return after;
    }

    private static void write(Consumer<RoundTrip> statements) {
        var trip = new RoundTrip();
        statements.accept(trip);
        trip.run(LEDGER.bean(JdbcTemplate.class));
    }
}
