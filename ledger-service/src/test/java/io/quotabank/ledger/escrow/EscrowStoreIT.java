package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.escrow.EscrowStore.Filter;
import io.quotabank.ledger.escrow.Openings.Asked;
import io.quotabank.ledger.escrow.PartStore.Name;
import io.quotabank.ledger.escrow.PartStore.Part;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.hold.Hold.Status;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;

/** The rows of applications' holds; nothing of what is written stays. */
class EscrowStoreIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final EscrowStore STORE = LEDGER.bean(EscrowStore.class);
    private static final PartStore PARTS = LEDGER.bean(PartStore.class);

    private final UUID person = UUID.randomUUID();
    private final AccountId account = LEDGER.bean(Grants.class).welcome(person);
    private final String application = UUID.randomUUID().toString();

    @Test
    void whatIsOpenedIsFoundAsItIs() {
        LEDGER.undone(() -> {
            var hold = opened(100, Duration.ofSeconds(90));
            assertThat(STORE.find(hold.id()).orElseThrow().hold()).isEqualTo(hold);
            assertThat(STORE.find(UUID.randomUUID())).isEmpty();
            assertThat(hold.expiresAt()).isEqualTo(hold.openedAt().plusSeconds(90));
            assertThat(STORE.find(hold.id()).orElseThrow().now()).isAfterOrEqualTo(hold.openedAt());
            assertThat(STORE.byIds(List.of(hold.id(), UUID.randomUUID())))
                    .containsOnlyKeys(hold.id())
                    .hasValueSatisfying(new Condition<>(seen -> seen.hold().equals(hold), "as it was opened"));
        });
    }

    @Test
    void allThatBecomesOfAHoldIsWritten() {
        LEDGER.undone(() -> {
            var hold = opened(100, Duration.ofSeconds(90));
            var longer = hold.extend(new Credits(10), hold.expiresAt().plusSeconds(60));
            STORE.extend(hold, longer);
            assertThat(found(hold)).isEqualTo(longer);
            var settled = longer.settle(new Credits(30), false);
            STORE.update(List.of(longer), List.of(settled));
            assertThat(found(hold)).isEqualTo(settled);
            var expired = settled.expire();
            STORE.update(List.of(settled), List.of(expired));
            assertThat(found(hold)).isEqualTo(expired);
            assertThat(STORE.byIds(List.of(hold.id())).get(hold.id()).hold()).isEqualTo(expired);
            var late = expired.settleLate(new Credits(7));
            STORE.update(List.of(expired), List.of(late));
            assertThat(found(hold)).isEqualTo(late);
        });
    }

    @Test
    void aHoldThatIsNotAsItWasReadIsNotWritten() {
        LEDGER.undone(() -> {
            var hold = opened(100, Duration.ofSeconds(90));
            var settled = hold.settle(new Credits(10), false);
            var more = settled.settle(new Credits(1), false);
            assertThatThrownBy(() -> STORE.update(List.of(settled), List.of(more)))
                    .isInstanceOf(BrokenRuleException.class)
                    .hasMessage("wrote 0 of 1 holds");
            assertThatThrownBy(() -> STORE.extend(settled, settled.extend(new Credits(1), hold.expiresAt())))
                    .isInstanceOf(BrokenRuleException.class)
                    .hasMessage("wrote 0 of 1 holds");
        });
    }

    @Test
    void settlementsAreFoundByTheApplicationsNamesForThem() {
        LEDGER.undone(() -> {
            var hold = opened(100, Duration.ofSeconds(90));
            var other = opened(100, Duration.ofSeconds(90));
            var shared = new Settlement(
                    "scene-1",
                    TestUsage.IDS.next(),
                    new Credits(10),
                    false,
                    UUID.randomUUID(),
                    new Credits(8),
                    new Credits(1),
                    new Credits(1),
                    "market_sale",
                    1,
                    "ab".repeat(32));
            var whole = new Settlement(
                    "scene-1",
                    TestUsage.IDS.next(),
                    new Credits(20),
                    true,
                    null,
                    Credits.ZERO,
                    new Credits(20),
                    Credits.ZERO,
                    null,
                    null,
                    "cd".repeat(32));
            PARTS.insert(List.of(new Part(hold, shared), new Part(other, whole)));
            var one = new Name(hold.id(), "scene-1");
            var two = new Name(other.id(), "scene-1");
            assertThat(PARTS.find(List.of(one, two))).isEqualTo(Map.of(one, shared, two, whole));
            assertThat(PARTS.find(List.of(new Name(hold.id(), "scene-2"), two))).isEqualTo(Map.of(two, whole));
            assertThat(PARTS.find(List.of(new Name(UUID.randomUUID(), "scene-1"))))
                    .isEmpty();
        });
    }

    @Test
    void eachFilterNarrowsTheListAndTheNewestComeFirst() {
        LEDGER.undone(() -> {
            var first = opened(100, Duration.ofSeconds(90));
            var second = opened(100, Duration.ofSeconds(90));
            STORE.update(List.of(first), List.of(first.release()));
            assertThat(listed(new Filter(account, null, null, null, 9))).containsExactly(second.id(), first.id());
            assertThat(listed(new Filter(null, application, null, null, 9))).containsExactly(second.id(), first.id());
            assertThat(listed(new Filter(account, application, null, null, 1))).containsExactly(second.id());
            assertThat(listed(new Filter(account, application, null, second.id(), 9)))
                    .containsExactly(first.id());
            assertThat(listed(new Filter(account, null, Status.ACTIVE, null, 9)))
                    .containsExactly(second.id());
            assertThat(listed(new Filter(account, null, Status.RELEASED, null, 9)))
                    .containsExactly(first.id());
            assertThat(listed(new Filter(account, "another", null, null, 9))).isEmpty();
        });
    }

    private Escrow opened(long amount, Duration lives) {
        var transfers = LEDGER.bean(Transfers.class);
        var books = transfers.lock(List.of(account));
        var open = new Opening(person, new Credits(amount), Escrow.Kind.PURCHASE, null, "a model", "r");
        var claim = new Claim(application, List.of(), "");
        var hold = STORE.open(List.of(new Asked(TestUsage.IDS.next(), open, lives, account, claim)))
                .getFirst();
        books.hold(account, hold.amount());
        transfers.post(books);
        assertThat(new People(LEDGER).held(person)).isGreaterThanOrEqualTo(amount);
        return hold;
    }

    private static Escrow found(Escrow hold) {
        return STORE.find(hold.id()).orElseThrow().hold();
    }

    private static List<UUID> listed(Filter filter) {
        return STORE.list(filter).stream().map(Escrow::id).toList();
    }
}
