package io.quotabank.ledger.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.BurnDown.Part;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BurnDownTests {

    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private final Lot first = lot(100, NOW.plusSeconds(1));
    private final Lot expired = lot(100, NOW);
    private final Lot last = lot(100, null);

    @Test
    void takesFromTheLotsInTheirOrderAndTheRestFromPaidCredits() {
        assertThat(left(150, 0)).containsExactly(0L, 0L, 100L);
        assertThat(left(230, 0)).containsExactly(0L, 0L, 70L);
        assertThat(left(900, 0)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void aLotThatExpiresGoesAsFarAsNothingReservesIt() {
        assertThat(expired(0, 0)).containsExactly(0L, 100L, 0L);
        assertThat(expired(130, 0)).containsExactly(0L, 70L, 0L);
        assertThat(expired(0, 130)).containsExactly(0L, 70L, 0L);
        assertThat(backed(0, 130)).containsExactly(0L, 30L, 0L);
        assertThat(backed(130, 50)).containsExactly(0L, 50L, 0L);
        assertThat(expired(130, 900)).containsExactly(0L, 0L, 0L);
        assertThat(backed(130, 900)).containsExactly(0L, 70L, 0L);
    }

    @Test
    void whatIsHeldOfALotThatLivesOnStaysInTheLot() {
        assertThat(left(0, 80)).containsExactly(100L, 0L, 100L);
        assertThat(backed(0, 80)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void theNextExpiryIsOfALotThatHasSomethingLeft() {
        assertThat(at(0).nextExpiry()).isEqualTo(NOW.plusSeconds(1));
        assertThat(at(100).nextExpiry()).isNull();
    }

    @Test
    void aLotEndsAtTheVeryInstant() {
        assertThat(expired.expired(NOW.minusNanos(1))).isFalse();
        assertThat(expired.expired(NOW)).isTrue();
        assertThat(last.expired(Instant.MAX)).isFalse();
    }

    @Test
    void theSoonestExpiryIsTheNext() {
        var lots = List.of(lot(1, NOW.plusSeconds(9)), lot(1, NOW.plusSeconds(5)), lot(1, NOW.plusSeconds(7)), last);
        assertThat(BurnDown.of(lots, Credits.ZERO, Credits.ZERO, NOW).nextExpiry())
                .isEqualTo(NOW.plusSeconds(5));
        assertThat(BurnDown.of(lots, new Credits(2), Credits.ZERO, NOW).nextExpiry())
                .isEqualTo(NOW.plusSeconds(7));
    }

    @Test
    void tellsWhatTheLotsHaveLeftTogetherAndWhatEachHasLost() {
        var burnDown = BurnDown.of(List.of(first, expired, last), new Credits(130), new Credits(50), NOW);
        assertThat(burnDown.left()).isEqualTo(new Credits(100));
        assertThat(burnDown.backed()).isEqualTo(new Credits(50));
        assertThat(burnDown.parts())
                .extracting(Part::gone)
                .extracting(Credits::micro)
                .containsExactly(100L, 100L, 0L);
    }

    @Test
    void aGiftIsAboveZeroAndItsReasonHas1To200Characters() {
        assertThat(gift(1, "x".repeat(200)).reason()).hasSize(200);
        assertThat(Gift.of("key", Origin.CODE, new Credits(1), NOW))
                .isEqualTo(new Gift("key", Origin.CODE, new Credits(1), NOW, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> gift(0, null));
        assertThatIllegalArgumentException().isThrownBy(() -> gift(1, " "));
        assertThatIllegalArgumentException().isThrownBy(() -> gift(1, "x".repeat(201)));
    }

    @Test
    void whatATierAddsIsSpentAfterWhatIsGiven() {
        for (var origin : Origin.values()) {
            assertThat(Origin.of(origin.wire())).isEqualTo(origin);
        }
        assertThat(Origin.TIER_BONUS.wire()).isEqualTo("tier_bonus");
        assertThat(Origin.TIER_BONUS.priority()).isGreaterThan(Origin.GIFT.priority());
    }

    private static Gift gift(long micro, @Nullable String reason) {
        return new Gift("key", Origin.GIFT, new Credits(micro), null, reason, "a test");
    }

    private BurnDown at(long spent) {
        return BurnDown.of(List.of(first, expired, last), new Credits(spent), Credits.ZERO, NOW);
    }

    private List<Long> left(long spent, long held) {
        return each(spent, held, Part::left);
    }

    private List<Long> backed(long spent, long held) {
        return each(spent, held, Part::backed);
    }

    private List<Long> expired(long spent, long held) {
        return each(spent, held, Part::expired);
    }

    private List<Long> each(long spent, long held, Function<Part, Credits> figure) {
        return BurnDown.of(List.of(first, expired, last), new Credits(spent), new Credits(held), NOW).parts().stream()
                .map(figure)
                .map(Credits::micro)
                .toList();
    }

    private static Lot lot(long left, @Nullable Instant expiresAt) {
        return new Lot(UUID.randomUUID(), new AccountId(7), Origin.GIFT, new Credits(left), expiresAt);
    }
}
