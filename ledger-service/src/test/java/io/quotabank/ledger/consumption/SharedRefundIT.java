package io.quotabank.ledger.consumption;

import static io.quotabank.ledger.Applications.key;
import static io.quotabank.ledger.Applications.scripts;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.group.Gathering;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Refunds that come at once share a transaction, and each is answered as if it had come in its turn. */
class SharedRefundIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);
    private static final long CREDIT = 1_000_000;
    private static final long FEN = 10_000;

    private final People people = new People(LEDGER);
    private final UUID user = UUID.randomUUID();
    private final UUID other = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void eachIsGivenBackOnceAndToTheGiftsItCameFrom() {
        var first = consumed(user, 50);
        var second = consumed(user, 30);
        var third = consumed(other, 40);
        var key = "k" + user;

        var responses = refunded(List.of(
                () -> refund(first, ""),
                () -> refund(first, "{\"amount\":1}"),
                () -> refund(second, "{\"amount\":5}", key(key)),
                () -> refund(second, "{\"amount\":5}", key(key)),
                () -> refund(second, "{\"amount\":6}"),
                () -> refund(third, "{\"amount\":40.000001}"),
                () -> APPLICATIONS.refund(scripts(), third, ""),
                () -> refund(UUID.randomUUID().toString(), ""),
                () -> refund(third, "{\"amount\":20,\"reason\":\"half of it\"}")));

        assertThat(responses)
                .extracting(Applications::told)
                .containsExactly(
                        "200",
                        "409 consumption_refunded",
                        "200",
                        "409 request_in_flight",
                        "409 consumption_refunded",
                        "422 refund_too_large",
                        "403 forbidden",
                        "404 not_found",
                        "200");
        assertThat(balance(responses.get(0))).isEqualTo("490");
        assertThat(balance(responses.get(2))).isEqualTo("495");
        assertThat(balance(responses.get(8))).isEqualTo("500");
        assertThat(people.posted(user)).isEqualTo(495 * CREDIT);
        assertThat(people.given(user)).isEqualTo(495 * CREDIT);
        assertThat(people.posted(other)).isEqualTo(500 * CREDIT);
        assertThat(people.given(other)).isEqualTo(500 * CREDIT);
        assertThat(Gathering.transactions(LEDGER, List.of(user, other))).isOne();
        assertThat(refund(second, "{\"amount\":5}", key(key)).body())
                .isEqualTo(responses.get(2).body());
    }

    @Test
    void eachPaysADebtWithItsPaidPart() {
        People.signUp(LEDGER, user);
        var order = Paying.paid(LEDGER, user, FEN, Credits.of(1_000));
        var first = consumed(user, 1_000);
        var second = consumed(user, 500);
        var third = consumed(other, 40);
        Paying.dispute(LEDGER, order, FEN, DisputeState.OPEN);

        var responses = refunded(List.of(() -> refund(second, ""), () -> refund(third, ""), () -> refund(first, "")));

        assertThat(responses).extracting(SharedRefundIT::balance).containsExactly("0", "520", "520");
        assertThat(people.debt(user)).isZero();
        assertThat(people.posted(user)).isEqualTo(520 * CREDIT);
        assertThat(people.given(user)).isEqualTo(520 * CREDIT);
        assertThat(Gathering.transactions(LEDGER, List.of(user, other))).isOne();
    }

    private static List<Response> refunded(List<Callable<Response>> requests) {
        return Gathering.together(LEDGER.bean(Refunds.class).together, requests);
    }

    private static String consumed(UUID person, long credits) {
        var response = APPLICATIONS.consume(videos(), person, "\"action\":\"model\",\"amount\":" + credits);
        assertThat(told(response)).isEqualTo("200");
        return response.body().get("id").asString();
    }

    private static Response refund(String consumption, String body, String... headers) {
        return APPLICATIONS.refund(videos(), consumption, body, headers);
    }

    private static String balance(Response response) {
        return response.body().get("credits").toString();
    }
}
