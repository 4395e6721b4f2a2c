package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.escrow.EscrowBody.ExtendBody;
import io.quotabank.ledger.escrow.EscrowBody.OpenBody;
import io.quotabank.ledger.escrow.EscrowBody.SettleBody;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What applications may say of holds, both sides of each bound. */
class EscrowBodyTests {

    private static final UUID USER = new UUID(1, 1);
    private static final UUID SELLER = new UUID(1, 2);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void anOpeningIsReadAsItWasWritten() {
        assertThat(new OpenBody(USER, new BigDecimal("1.5"), "purchase", 60L, "a model", "r").told())
                .isEqualTo(new Opening(USER, new Credits(1_500_000), Escrow.Kind.PURCHASE, MINUTE, "a model", "r"));
        assertThat(new OpenBody(USER, BigDecimal.ONE, null, null, "a model", null).told())
                .isEqualTo(new Opening(USER, Credits.of(1), Escrow.Kind.APPLICATION, null, "a model", null));
        refused(() -> new OpenBody(null, BigDecimal.ONE, null, null, "a model", null).told());
        refused(() -> new OpenBody(USER, null, null, null, "a model", null).told());
        refused(() -> new OpenBody(USER, BigDecimal.ONE, null, null, null, null).told());
    }

    @Test
    void anOpeningKeepsItsBounds() {
        assertThat(opening(1, null, "x".repeat(500), "x".repeat(128))).isNotNull();
        assertThat(opening(1, Duration.ofNanos(1), "d", null)).isNotNull();
        refused(() -> opening(0, null, "d", null));
        refused(() -> opening(1, Duration.ZERO, "d", null));
        refused(() -> opening(1, null, " ", null));
        refused(() -> opening(1, null, "x".repeat(501), null));
        refused(() -> opening(1, null, "d", ""));
        refused(() -> opening(1, null, "d", "x".repeat(129)));
    }

    @Test
    void anExtensionHasAnAmountOrATime() {
        assertThat(new ExtendBody(new BigDecimal("2"), null).told()).isEqualTo(new Extension(Credits.of(2), null));
        assertThat(new ExtendBody(null, 60L).told()).isEqualTo(new Extension(Credits.ZERO, MINUTE));
        refused(() -> new ExtendBody(null, null).told());
        refused(() -> new ExtendBody(BigDecimal.ONE, 0L).told());
        refused(() -> new ExtendBody(null, -1L).told());
    }

    @Test
    void aSettlementIsReadAsItWasWritten() {
        assertThat(new SettleBody("scene", BigDecimal.ONE, "sale", 2, SELLER, true).told("chosen"))
                .isEqualTo(new Sharing.Settle("scene", Credits.of(1), "sale", 2, SELLER, true));
        assertThat(new SettleBody(null, BigDecimal.ONE, null, null, null, null).told("chosen"))
                .isEqualTo(settle("chosen", 1_000_000, null, null, null));
        assertThat(new SettleBody(null, BigDecimal.ONE, null, null, null, false)
                        .told("chosen")
                        .last())
                .isFalse();
        refused(() -> new SettleBody("scene", null, null, null, null, null).told("chosen"));
    }

    @Test
    void aSettlementKeepsItsBounds() {
        assertThat(settle("x".repeat(128), 1, "sale", null, null)).isNotNull();
        refused(() -> settle("x".repeat(129), 1, null, null, null));
        refused(() -> settle(" ", 1, null, null, null));
        refused(() -> settle("scene", 0, null, null, null));
        refused(() -> settle("scene", 1, null, 1, null));
        refused(() -> settle("scene", 1, "a\0b", 1, SELLER));
        refused(() -> settle("scene", 1, "x".repeat(101), 1, SELLER));
        refused(() -> settle("scene", 1, null, null, SELLER));
    }

    @Test
    void whateverIsAskedForOtherwiseIsToldOtherwise() {
        assertThat(Stream.of(
                        opening(1, null, "d", null),
                        opening(2, null, "d", null),
                        opening(1, MINUTE, "d", null),
                        opening(1, null, "e", null),
                        opening(1, null, "d", "r")))
                .extracting(Opening::told)
                .doesNotHaveDuplicates();
        var more = new Extension(Credits.of(1), null);
        assertThat(List.of(
                        more.told(USER),
                        more.told(SELLER),
                        new Extension(Credits.of(2), null).told(USER),
                        new Extension(Credits.of(1), MINUTE).told(USER)))
                .doesNotHaveDuplicates();
        assertThat(Stream.of(
                        settle("scene", 1, "sale", 1, SELLER),
                        settle("other", 1, "sale", 1, SELLER),
                        settle("scene", 2, "sale", 1, SELLER),
                        settle("scene", 1, "lot", 1, SELLER),
                        settle("scene", 1, "sale", 2, SELLER),
                        settle("scene", 1, "sale", 1, USER),
                        new Sharing.Settle("scene", new Credits(1), "sale", 1, SELLER, true)))
                .extracting(Sharing.Settle::told)
                .doesNotHaveDuplicates();
    }

    private static Opening opening(
            long micro, @Nullable Duration lives, String description, @Nullable String reference) {
        return new Opening(USER, new Credits(micro), Escrow.Kind.APPLICATION, lives, description, reference);
    }

    private static Sharing.Settle settle(
            String id, long micro, @Nullable String split, @Nullable Integer version, @Nullable UUID seller) {
        return new Sharing.Settle(id, new Credits(micro), split, version, seller, false);
    }

    private static void refused(Runnable told) {
        assertThatIllegalArgumentException().isThrownBy(told::run);
    }
}
