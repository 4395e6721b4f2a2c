package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Money goes back while its credits are held, beside gifts, and beside gifts whose time is over. */
class ChargebackIT {

    private static final Shop SHOP =
            Shop.open(Map.of("quotabank.grant.sweep-every", "1h"), TestClock.InPlaceOfTheSystems.class);
    private static final TestClock CLOCK = TestClock.of(SHOP.ledger());
    private static final Duration SOON = Duration.ofMillis(5);

    private final UUID buyer = UUID.randomUUID();
    private final People people = new People(SHOP.ledger());
    private final Application video = new Application(SHOP.ledger());

    static List<String> providers() {
        return Shop.PROVIDERS;
    }

    /** Providers sign with the machine's. */
    @BeforeEach
    void theClockIsRight() {
        CLOCK.pass(Duration.ofMillis(
                Duration.between(CLOCK.instant(), Instant.now()).toMillis()));
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(SHOP.ledger().differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        SHOP.close();
    }

    @Test
    void whatIsHeldIsSettledWholeAndOwedAndAWonDisputeSettlesTheDebt() {
        var order = paid("stripe");
        var hold = video.opened(buyer, "1500");

        SHOP.dispute(order, "{\"status\":\"open\"}");
        assertThat(people.posted(buyer)).isEqualTo(1_500_000_000);
        assertThat(SHOP.debt(buyer)).isEqualTo(980);
        assertThat(video.settle(hold, "1500", "").status()).isEqualTo(200);
        assertThat(people.posted(buyer)).isZero();
        SHOP.dispute(order, "{\"status\":\"won\"}");

        assertThat(SHOP.debt(buyer)).isZero();
        assertThat(people.posted(buyer)).isEqualTo(220_000_000);
    }

    @Test
    void aLostDisputeOfHeldCreditsIsOwedOnceAndTheReleasedCreditsPayIt() {
        var order = paid("stripe");
        var hold = video.opened(buyer, "1500");

        SHOP.dispute(order, "{\"status\":\"open\"}");
        SHOP.dispute(order, "{\"status\":\"lost\"}");
        assertThat(SHOP.debt(buyer)).isEqualTo(980);
        assertThat(video.release(hold).status()).isEqualTo(200);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(SHOP.debt(buyer)).isZero();
    }

    @Test
    void whatHoldsHaveOfExpiredGiftsIsNeitherTakenNorLeftBehind() {
        gift(80);
        var order = paid("stripe");
        var hold = video.opened(buyer, "60");
        CLOCK.pass(SOON);

        SHOP.dispute(order, "{}");

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP + 60_000_000);
        assertThat(people.held(buyer)).isEqualTo(60_000_000);
        assertThat(SHOP.debt(buyer)).isZero();
        assertThat(people.given(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(video.release(hold).status()).isEqualTo(200);
        SHOP.ledger().bean(Grants.class).expiring(account());
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void aHoldBackedByAnExpiredGiftSettlesThoughThePaymentIsGone() {
        gift(80);
        var order = paid("stripe");
        var hold = video.opened(buyer, "1000");
        CLOCK.pass(SOON);

        SHOP.dispute(order, "{}");
        // 80 of the gift are the hold's; the rest of 1,720 less 920 that are held was taken.
        assertThat(people.posted(buyer)).isEqualTo(1_000_000_000);
        assertThat(SHOP.debt(buyer)).isEqualTo(400);
        assertThat(video.settle(hold, "1000", "").status()).isEqualTo(200);

        assertThat(people.posted(buyer)).isZero();
        assertThat(people.given(buyer)).isZero();
    }

    @Test
    void giftsWhoseTimeIsOverPayForNoChargeback() {
        var order = paid("stripe");
        SHOP.spend(buyer, 1_000);
        gift(80);
        CLOCK.pass(SOON);

        SHOP.dispute(order, "{}");

        // 720 paid ones were left: the gift expired first, and is not what was taken.
        assertThat(people.posted(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isEqualTo(480);
        assertThat(SHOP.ledger()
                        .number(
                                "SELECT amount FROM transfer WHERE type = 'expiry' AND debit = ?",
                                account().value()))
                .isEqualTo(80_000_000);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void paidCreditsAreTakenBeforeGivenOnes(String provider) {
        var order = paid(provider);
        SHOP.refund(order, "{\"amount\":5000}");
        assertThat(people.given(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP + 600_000_000);

        SHOP.refund(order, "{\"amount\":5000}");

        assertThat(people.given(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(SHOP.ledger().bean(Grants.class).expiring(account()))
                .singleElement()
                .extracting(Grants.Expiring::amount)
                .isEqualTo(Credits.of(520));
    }

    @Test
    void givenOnesAreTakenWhereNoPaidOnesAreLeft() {
        var order = paid("stripe");
        SHOP.spend(buyer, 1_500);
        gift(80);
        SHOP.dispute(order, "{\"amount\":2500}");

        assertThat(people.posted(buyer)).as("300 of 220 and 80").isZero();
        assertThat(people.given(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isZero();
    }

    private Shop.Order paid(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order);
        assertThat(SHOP.status(order)).isEqualTo("paid");
        return order;
    }

    private void gift(long credits) {
        var grants = SHOP.ledger().bean(Grants.class);
        var until = CLOCK.instant().plus(SOON);
        grants.give(grants.welcome(buyer), Gift.of("g" + buyer, Origin.CODE, Credits.of(credits), until));
    }

    private AccountId account() {
        return SHOP.ledger().bean(Grants.class).welcome(buyer);
    }
}
