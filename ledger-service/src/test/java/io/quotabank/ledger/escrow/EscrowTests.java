package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.hold.Hold.Status;
import java.time.Instant;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EscrowTests {

    private static final Instant OPENED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant EXPIRES = OPENED.plusSeconds(900);

    @Test
    void itsTimeIsOverAtTheInstantItNamesAndNotBefore() {
        assertThat(hold(0, 0, 0, Status.ACTIVE).due(EXPIRES.minusNanos(1))).isFalse();
        assertThat(hold(0, 0, 0, Status.ACTIVE).due(EXPIRES)).isTrue();
        assertThat(hold(0, 100, 0, Status.RELEASED).due(EXPIRES)).isFalse();
    }

    @Test
    void itIsActiveUntilTheLastMicroCreditIsSettled() {
        var hold = hold(0, 0, 0, Status.ACTIVE).settle(new Credits(99), false);
        assertThat(hold.status()).isEqualTo(Status.ACTIVE);
        assertThat(hold.left()).isEqualTo(new Credits(1));
        assertThat(hold.settle(new Credits(1), false).status()).isEqualTo(Status.EXHAUSTED);
        assertThat(hold.settle(new Credits(1), true).status()).isEqualTo(Status.EXHAUSTED);
    }

    @Test
    void theLastPartGivesTheRestBack() {
        var hold = hold(0, 0, 0, Status.ACTIVE).settle(new Credits(40), true);
        assertThat(hold.status()).isEqualTo(Status.RELEASED);
        assertThat(hold.released()).isEqualTo(new Credits(60));
        assertThat(hold.left()).isEqualTo(Credits.ZERO);
        assertThat(hold.leftLate()).isEqualTo(Credits.ZERO);
    }

    @Test
    void whatExpiryGaveBackCanBeSettledLateAndNoMore() {
        var expired = hold(30, 0, 0, Status.ACTIVE).expire();
        assertThat(expired.status()).isEqualTo(Status.EXPIRED);
        assertThat(expired.released()).isEqualTo(new Credits(70));
        assertThat(expired.leftLate()).isEqualTo(new Credits(70));
        var late = expired.settleLate(new Credits(69));
        assertThat(late.leftLate()).isEqualTo(new Credits(1));
        assertThat(late.left()).isEqualTo(Credits.ZERO);
        refuses(late, each -> each.settleLate(new Credits(2)));
    }

    @Test
    void whatHasEndedStaysEnded() {
        for (var ended : new Escrow[] {
            hold(100, 0, 0, Status.EXHAUSTED), hold(10, 90, 0, Status.RELEASED), hold(10, 90, 5, Status.EXPIRED)
        }) {
            refuses(ended, each -> each.settle(new Credits(1), false));
            refuses(ended, Escrow::release);
            refuses(ended, Escrow::expire);
            refuses(ended, each -> each.extend(new Credits(1), EXPIRES));
        }
        refuses(hold(10, 90, 0, Status.RELEASED), each -> each.settleLate(new Credits(1)));
        refuses(hold(100, 0, 0, Status.EXHAUSTED), each -> each.settleLate(new Credits(1)));
    }

    @Test
    void anExtensionAddsToTheAmountAndTime() {
        var longer = hold(10, 0, 0, Status.ACTIVE).extend(new Credits(5), EXPIRES.plusSeconds(1));
        assertThat(longer.amount()).isEqualTo(new Credits(105));
        assertThat(longer.left()).isEqualTo(new Credits(95));
        assertThat(longer.expiresAt()).isEqualTo(EXPIRES.plusSeconds(1));
        assertThat(longer.status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void whatDoesNotAddUpIsNoHold() {
        refuses(hold(0, 0, 0, Status.ACTIVE), each -> hold(60, 41, 0, Status.RELEASED));
        refuses(hold(0, 0, 0, Status.ACTIVE), each -> hold(60, 40, 0, Status.ACTIVE));
        refuses(hold(0, 0, 0, Status.ACTIVE), each -> hold(60, 39, 0, Status.EXPIRED));
        refuses(hold(0, 0, 0, Status.ACTIVE), each -> hold(60, 40, 41, Status.EXPIRED));
        refuses(hold(0, 0, 0, Status.ACTIVE), each -> hold(60, 40, 1, Status.RELEASED));
        assertThat(hold(60, 40, 40, Status.EXPIRED).leftLate()).isEqualTo(Credits.ZERO);
    }

    @Test
    void whatIsOfExpiredGrantsIsChargedFirstAndTheRestOfItLapses() {
        var hold = backed(30);
        assertThat(hold.backedCharge(new Credits(20))).isEqualTo(new Credits(20));
        assertThat(hold.backedCharge(new Credits(31))).isEqualTo(new Credits(30));
        var charged = hold.settle(new Credits(20), false);
        assertThat(charged.backed()).isEqualTo(new Credits(10));
        assertThat(charged.lapsed(hold)).isEqualTo(Credits.ZERO);
        assertThat(charged.release().backed()).isEqualTo(Credits.ZERO);
        assertThat(charged.release().lapsed(charged)).isEqualTo(new Credits(10));
        assertThat(charged.settle(new Credits(4), true).lapsed(charged)).isEqualTo(new Credits(6));
        assertThat(charged.expire().lapsed(charged)).isEqualTo(new Credits(10));
        assertThat(backed(100).backed()).isEqualTo(new Credits(100));
        refuses(hold, each -> backed(101));
    }

    @Test
    void itsKindIsWrittenAsCallersKnowIt() {
        for (var kind : Escrow.Kind.values()) {
            assertThat(Escrow.Kind.of(kind.wire())).isEqualTo(kind);
        }
        assertThat(Escrow.Kind.PURCHASE.wire()).isEqualTo("purchase");
        assertThatIllegalArgumentException().isThrownBy(() -> Escrow.Kind.of("lease"));
    }

    private static Escrow backed(long backed) {
        return new Escrow(
                new UUID(0, 1),
                new AccountId(1),
                new UUID(0, 2),
                Escrow.Kind.APPLICATION,
                "app",
                "a video",
                null,
                new Credits(100),
                Credits.ZERO,
                Credits.ZERO,
                Credits.ZERO,
                Status.ACTIVE,
                OPENED,
                EXPIRES,
                new Credits(backed));
    }

    private static void refuses(Escrow hold, UnaryOperator<Escrow> step) {
        assertThatExceptionOfType(BrokenRuleException.class).isThrownBy(() -> step.apply(hold));
    }

    private static Escrow hold(long settled, long released, long late, Status status) {
        return new Escrow(
                new UUID(0, 1),
                new AccountId(1),
                new UUID(0, 2),
                Escrow.Kind.APPLICATION,
                "app",
                "a video",
                null,
                new Credits(100),
                new Credits(settled),
                new Credits(released),
                new Credits(late),
                status,
                OPENED,
                EXPIRES,
                Credits.ZERO);
    }
}
