package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.group.Gathering;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of holds at once shares a transaction, and each is answered as if it had come in its turn. */
class SharedHoldIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final long CREDIT = 1_000_000;
    private static final long FEN = 10_000;

    private final People people = new People(LEDGER);
    private final Application video = new Application(LEDGER);
    private final UUID user = UUID.randomUUID();
    private final UUID other = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void partsOfOneHoldEachTakeOfWhatThoseBeforeThemLeft() {
        var hold = video.opened(user, "100");
        var another = video.opened(other, "50");

        var told = settled(List.of(
                () -> video.settle(hold, "60", ""),
                () -> video.settle(hold, "41", ""),
                () -> video.settle(hold, "10", ",\"settlement_id\":\"scene\""),
                () -> video.settle(hold, "10", ",\"settlement_id\":\"scene\""),
                () -> video.settle(hold, "11", ",\"settlement_id\":\"scene\""),
                () -> video.settle(another, "10", ",\"settlement_id\":\"scene\",\"last\":true"),
                () -> video.settle(hold, "5", "", "Idempotency-Key", "k"),
                () -> video.settle(hold, "5", "", "Idempotency-Key", "k"),
                () -> video.settle(hold, "25", ""),
                () -> video.settle(hold, "1", "")));

        assertThat(told)
                .extracting(Applications::told)
                .containsExactly(
                        "200",
                        "409 hold_exceeded",
                        "200",
                        "200",
                        "422 idempotency_key_reused",
                        "200",
                        "200",
                        "409 request_in_flight",
                        "200",
                        "409 hold_ended");
        assertThat(told)
                .filteredOn(response -> response.status() == 200)
                .extracting(response -> response.body().at("/hold/left").toString())
                .containsExactly("40", "30", "30", "0", "25", "0");
        assertThat(told.get(3).body()).isEqualTo(told.get(2).body());
        assertThat(told.get(6).body().get("credits").toString()).isEqualTo("445");
        assertThat(people.posted(user)).isEqualTo(420 * CREDIT);
        assertThat(people.held(user)).isZero();
        assertThat(people.posted(other)).isEqualTo(510 * CREDIT);
        assertThat(people.held(other)).isZero();
        assertThat(Gathering.transactions(LEDGER, List.of(user, other))).isOne();
        assertThat(video.settle(hold, "5", "", "Idempotency-Key", "k").body())
                .isEqualTo(told.get(6).body());
    }

    @Test
    void whoseSellerIsLockedElsewhereIsPutOffAndTheOthersAreNot() throws Exception {
        var seller = UUID.randomUUID();
        People.signUp(LEDGER, seller);
        var split = ",\"split\":\"market_sale\",\"split_version\":1,\"seller_id\":\"" + seller + "\"";
        var sold = video.opened(user, "100");
        var free = video.opened(other, "10");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var elsewhere = LEDGER.database().connect(LEDGER.database().owner());
                var statement = elsewhere.createStatement()) {
            elsewhere.setAutoCommit(false);
            statement.execute("SELECT FROM account WHERE code = 'user:" + seller + "' FOR UPDATE");
            var parts = threads.submit(
                    () -> settled(List.of(() -> video.settle(sold, "100", split), () -> video.settle(free, "10", ""))));
            await().until(() -> people.held(other) == 0);
            assertThat(parts).isNotDone();
            elsewhere.rollback();
            assertThat(parts.get()).extracting(Response::status).containsExactly(200, 200);
        }
        assertThat(people.posted(seller)).isEqualTo((520 + 85) * CREDIT);
    }

    @Test
    void whoseAccountIsLockedElsewhereIsPutOffAndTheOthersAreNot() throws Exception {
        var locked = video.opened(user, "10");
        var free = video.opened(other, "10");
        var opening = new FutureTask<>(() -> video.opened(user, "1"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var elsewhere = LEDGER.database().connect(LEDGER.database().owner());
                var statement = elsewhere.createStatement()) {
            elsewhere.setAutoCommit(false);
            statement.execute("SELECT FROM account WHERE code = 'user:" + user + "' FOR UPDATE");
            threads.execute(opening);
            var parts = threads.submit(
                    () -> settled(List.of(() -> video.settle(locked, "10", ""), () -> video.settle(free, "10", ""))));
            await().until(() -> people.held(other) == 0);
            assertThat(opening).isNotDone();
            assertThat(parts).isNotDone();
            elsewhere.rollback();
            assertThat(parts.get()).extracting(Response::status).containsExactly(200, 200);
            assertThat(video.settle(opening.get(), "1", "").status()).isEqualTo(200);
        }
        assertThat(people.held(user)).isZero();
    }

    @Test
    void saleAndWholePartsShareOneTransactionAndEveryPayeeGetsTheirs() {
        var first = video.opened(user, "100");
        var second = video.opened(other, "100");
        var seller = UUID.randomUUID();
        var split = ",\"split\":\"market_sale\",\"split_version\":1,\"seller_id\":\"" + seller + "\"";

        var told = settled(List.of(
                () -> video.settle(first, "100", split),
                () -> video.settle(second, "20", ""),
                () -> video.settle(second, "80", split)));

        assertThat(told).extracting(Response::status).containsExactly(200, 200, 200);
        // 85 of each 100.
        assertThat(people.posted(seller)).isEqualTo(153 * CREDIT);
        assertThat(people.posted(user)).isEqualTo(420 * CREDIT);
        assertThat(people.posted(other)).isEqualTo(420 * CREDIT);
        assertThat(Gathering.transactions(LEDGER, List.of(user, other, seller))).isOne();
    }

    @Test
    void whatALastPartGivesBackIsThereForALatePartAfterIt() {
        var late = video.opened(user, "300");
        Application.expiredFor(LEDGER, late, Duration.ofSeconds(1));
        Sweeping.sweep(LEDGER);
        var all = video.opened(user, "520");
        var unswept = video.opened(other, "300");
        Application.expiredFor(LEDGER, unswept, Duration.ofSeconds(1));

        var told = settled(List.of(
                () -> video.settle(late, "100", ""),
                () -> video.settle(all, "10", ",\"last\":true"),
                () -> video.settle(late, "200", ""),
                () -> video.settle(late, "101", ""),
                () -> video.settle(unswept, "299", ""),
                () -> video.settle(unswept, "2", "")));

        assertThat(told)
                .extracting(Applications::told)
                .containsExactly(
                        "400 insufficient_credits", "200", "200", "409 hold_exceeded", "200", "409 hold_exceeded");
        assertThat(told.get(2).body().at("/settlement/late").asBoolean()).isTrue();
        assertThat(people.posted(user)).isEqualTo(310 * CREDIT);
        assertThat(people.held(user)).isZero();
        assertThat(people.status(unswept)).isEqualTo("expired");
        assertThat(people.posted(other)).isEqualTo(221 * CREDIT);
        assertThat(people.held(other)).isZero();
    }

    @Test
    void whatComesBackOfWhatIsPledgedPaysTheDebtEachTime() {
        People.signUp(LEDGER, user);
        var order = Paying.paid(LEDGER, user, FEN, Credits.of(1_000));
        var first = video.opened(user, "700");
        var second = video.opened(user, "800");
        var another = video.opened(other, "20");
        Paying.dispute(LEDGER, order, FEN, DisputeState.OPEN);

        var told = settled(List.of(
                () -> video.settle(first, "100", ",\"last\":true"),
                () -> video.settle(another, "20", ""),
                () -> video.settle(second, "50", ",\"last\":true")));

        assertThat(told)
                .extracting(response -> response.body().get("available").toString())
                .containsExactly("0", "500", "370");
        assertThat(people.debt(user)).isZero();
        assertThat(people.posted(user)).isEqualTo(370 * CREDIT);
        assertThat(people.held(user)).isZero();
    }

    private List<Response> settled(List<Callable<Response>> requests) {
        return Gathering.together(LEDGER.bean(Parts.class).together, requests);
    }
}
