package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.PostgresProxy;
import io.quotabank.ledger.PostgresProxy.Cut;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.platform.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The connection to PostgreSQL is cut just before COMMIT, or after it and before its answer. Whoever asked hears of a
 * failure, asks again under the same key, and gets what was done: once.
 */
class CutConnectionIT {

    private static final TestPostgres.Database DATABASE = TestPostgres.fresh("ledger");
    private static final PostgresProxy PROXY = PostgresProxy.to(DATABASE.url());
    private static final Shop SHOP = Shop.on(DATABASE, Map.of("spring.datasource.url", PROXY.url(DATABASE.name())));
    private static final Ledger LEDGER = SHOP.ledger();

    private final UUID user = UUID.randomUUID();
    private final People people = new People(LEDGER);
    private final Applications applications = new Applications(LEDGER);
    private final Application video = new Application(LEDGER);

    static Stream<Arguments> providersAndCuts() {
        return Shop.PROVIDERS.stream()
                .flatMap(provider ->
                        Stream.of(Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT).map(cut -> Arguments.of(provider, cut)));
    }

    @BeforeEach
    void welcome() {
        LEDGER.bean(Grants.class).welcome(user);
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        SHOP.close();
        PROXY.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void aConsumptionIsBookedOnce(Cut cut) throws Exception {
        Supplier<Response> consume = () -> applications.consume(
                Applications.videos(), user, "\"amount\":50,\"action\":\"a_film\"", Applications.key("c" + user));

        failed(cut, "INSERT INTO consumption", consume);
        assertThat(people.posted(user)).isEqualTo(cut == Cut.AFTER_COMMIT ? 470_000_000 : People.SIGN_UP);

        sameTwice(consume);
        assertThat(people.posted(user)).isEqualTo(470_000_000);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void aConsumptionIsGivenBackOnce(Cut cut) throws Exception {
        var consumed = applications.consume(Applications.videos(), user, "\"amount\":50,\"action\":\"a_film\"");
        var id = consumed.body().get("id").asString();
        Supplier<Response> refund =
                () -> applications.refund(Applications.videos(), id, "{}", Applications.key("r" + user));

        failed(cut, "INSERT INTO transfer (", refund);

        sameTwice(refund);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void aHoldIsOpenedAndSettledOnce(Cut cut) throws Exception {
        Supplier<Response> open = () -> video.open(user, "100", "", Applications.key("o" + user));
        failed(cut, "INSERT INTO hold", open);
        var hold = Application.id(sameTwice(open));
        assertThat(people.held(user)).isEqualTo(100_000_000);

        Supplier<Response> settle = () -> video.settle(hold, "30", "", Applications.key("s" + user));
        failed(cut, "INSERT INTO hold_settlement", settle);
        sameTwice(settle);

        assertThat(people.held(user)).isEqualTo(70_000_000);
        assertThat(people.posted(user)).isEqualTo(490_000_000);
    }

    @ParameterizedTest
    @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void anAdministratorsRechargeIsBookedOnceByItsOrder(Cut cut) throws Exception {
        Supplier<Response> recharge = () -> LEDGER.call(
                "POST",
                "/api/credits/recharge",
                Applications.admin(),
                "{\"user_id\":\"" + user + "\",\"credits\":500,\"order_id\":\"o" + user + "\"}");

        failed(cut, "INSERT INTO recharge", recharge);

        sameTwice(recharge);
        assertThat(SHOP.credits(user)).isEqualTo(500);
    }

    @ParameterizedTest
    @MethodSource("providersAndCuts")
    void aPaymentThatIsToldAgainIsBookedOnce(String provider, Cut cut) throws Exception {
        var order = SHOP.order(user, provider);
        var done = SHOP.pay(order, "{\"deliver\":false}");
        var happened = PROXY.cut(cut, "INSERT INTO payment ");

        // The provider is told nothing that would keep it from telling again.
        var first = SHOP.deliver(done, "{}").get(0);
        assertThat(happened.get(1, TimeUnit.MINUTES)).isEqualTo(cut);
        assertThat(List.of("success", "{\"code\":\"SUCCESS\"}", "{\"received\":true}"))
                .doesNotContain(first.get("body").asString());
        assertThat(first.get("status").asInt()).isGreaterThanOrEqualTo(500);

        for (int i = 0; i < 2; i++) {
            assertThat(SHOP.deliver(done, "{}").get(0).get("status").asInt()).isEqualTo(200);
            assertThat(SHOP.credits(user)).isEqualTo(1_200);
        }
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    @ParameterizedTest
    @MethodSource("providersAndCuts")
    void aRefundThatIsToldAgainTakesItsCreditsOnce(String provider, Cut cut) throws Exception {
        var order = SHOP.order(user, provider);
        SHOP.pay(order);
        var told = SHOP.refund(order, "{\"amount\":5000,\"deliver\":false}");
        var happened = PROXY.cut(cut, "INSERT INTO payment_claw");

        assertThat(SHOP.deliver(told, "{}").get(0).get("status").asInt()).isGreaterThanOrEqualTo(500);
        assertThat(happened.get(1, TimeUnit.MINUTES)).isEqualTo(cut);

        for (int i = 0; i < 2; i++) {
            assertThat(SHOP.deliver(told, "{}").get(0).get("status").asInt()).isEqualTo(200);
            assertThat(SHOP.credits(user)).isEqualTo(600);
        }
    }

    /** An administrator's refund asks the provider once, whichever of its transactions is cut. */
    @ParameterizedTest
    @EnumSource(names = {"BEFORE_COMMIT", "AFTER_COMMIT"})
    void anAdministratorsRefundIsAskedForOnce(Cut cut) throws Exception {
        var order = SHOP.order(user, "stripe");
        SHOP.pay(order);
        var admin = Shop.admin();
        Supplier<Response> refund = () -> SHOP.refundBy(admin, order, "{\"amount\":25}", "Idempotency-Key", "k" + user);

        failed(cut, "INSERT INTO payment_refund", refund);

        sameTwice(refund);
        assertThat(SHOP.credits(user)).isEqualTo(900);
        assertThat(SHOP.trade(order).at("/payments/0/refunded").asLong()).isEqualTo(2_500);
    }

    private static void failed(Cut cut, String sql, Supplier<Response> call) throws Exception {
        var happened = PROXY.cut(cut, sql);
        var failed = call.get();
        assertThat(happened.get(1, TimeUnit.MINUTES)).isEqualTo(cut);
        assertThat(failed.status()).as(failed.raw().body()).isEqualTo(503);
        assertThat(failed.body().get("code").asString()).isEqualTo("service_unavailable");
    }

    private static Response sameTwice(Supplier<Response> call) {
        // The server keeps the key until it has noticed that the connection is gone.
        var first = await().until(call::get, response -> response.status() != 409);
        assertThat(first.status()).as(first.raw().body()).isEqualTo(200);
        var second = call.get();
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        return first;
    }
}
