package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds of applications over HTTP: open, extend, settle in parts, release. */
class HoldIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final People people = new People(LEDGER);
    private final Application video = new Application(LEDGER);
    private final UUID user = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void anOpenHoldCountsInWhatIsAvailable() {
        var opened = video.open(user, "500", ",\"reference\":\"job-7\",\"expires_in\":60");
        assertThat(opened.status()).isEqualTo(200);
        assertThat(opened.body().get("credits").toString()).isEqualTo("520");
        assertThat(opened.body().get("available").toString()).isEqualTo("20");
        var hold = opened.body().get("hold");
        assertThat(hold.get("status").asString()).isEqualTo("active");
        assertThat(hold.get("kind").asString()).isEqualTo("application");
        assertThat(hold.get("application").asString()).isEqualTo(video.subject());
        assertThat(hold.get("reference").asString()).isEqualTo("job-7");
        assertThat(hold.get("left").toString()).isEqualTo("500");
        assertThat(hold.get("expires_at").asLong() - hold.get("opened_at").asLong())
                .isEqualTo(60_000);

        assertThat(people.held(user)).isEqualTo(500_000_000);
        assertThat(people.lease(user, 20_000_001, 20_000_001).granted()).isNull();
        assertThat(people.lease(user, 20_000_000, 20_000_000).granted()).isNotNull();
    }

    @Test
    void aHoldIsSettledInPartsAndItsLastPartGivesTheRestBack() {
        var hold = video.opened(user, "50");
        var first = video.settle(hold, "10.5", "");
        assertThat(first.body().at("/hold/settled").toString()).isEqualTo("10.5");
        assertThat(first.body().at("/hold/left").toString()).isEqualTo("39.5");
        assertThat(first.body().get("credits").toString()).isEqualTo("509.5");
        assertThat(first.body().get("available").toString()).isEqualTo("470");
        assertThat(first.body().at("/settlement/parts/platform").toString()).isEqualTo("10.5");
        assertThat(first.body().at("/settlement/late").asBoolean()).isFalse();

        var last = video.settle(hold, "20", ",\"last\":true");
        assertThat(last.body().at("/hold/status").asString()).isEqualTo("released");
        assertThat(last.body().at("/hold/settled").toString()).isEqualTo("30.5");
        assertThat(last.body().at("/hold/released").toString()).isEqualTo("19.5");
        assertThat(people.held(user)).isZero();
        assertThat(people.posted(user)).isEqualTo(489_500_000);

        var history = LEDGER.call(
                "GET", "/api/credits/history/" + user, TestIdentity.user(user), "", "Accept-Language", "en");
        assertThat(history.body().at("/history/0/action").asString()).isEqualTo("escrow");
        assertThat(history.body().at("/history/0/amount").toString()).isEqualTo("-20");
        assertThat(history.body().at("/history/0/description").asString()).isEqualTo("Settlement of a hold · a video");
    }

    @Test
    void aHoldThatIsSettledWholeIsExhausted() {
        var hold = video.opened(user, "50");
        assertThat(video.settle(hold, "50", "").body().at("/hold/status").asString())
                .isEqualTo("exhausted");
        var more = video.settle(hold, "1", "");
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.body().get("code").asString()).isEqualTo("hold_ended");
        assertThat(more.body().get("detail").asString()).isEqualTo("预留已用完");
        assertThat(video.release(hold).status()).isEqualTo(409);
        assertThat(people.posted(user)).isEqualTo(470_000_000);
    }

    @Test
    void moreThanTheHoldHasIsRefusedAndChangesNothing() {
        var hold = video.opened(user, "50");
        var refused = video.settle(hold, "50.000001", "", "Accept-Language", "en");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().get("code").asString()).isEqualTo("hold_exceeded");
        assertThat(refused.body().get("detail").asString())
                .isEqualTo("The hold has too little left! Left: 50, needed: 50.000001");
        assertThat(people.held(user)).isEqualTo(50_000_000);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void whatWasReleasedCanNotBeSettled() {
        var hold = video.opened(user, "50");
        video.settle(hold, "5", "");
        assertThat(video.release(hold).body().at("/hold/status").asString()).isEqualTo("released");
        var refused = video.settle(hold, "1", "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().get("code").asString()).isEqualTo("hold_ended");
        assertThat(refused.body().get("detail").asString()).isEqualTo("预留已释放");
        assertThat(video.extend(hold, "{\"amount\":1}").status()).isEqualTo(409);
        assertThat(video.release(hold).status()).as("again").isEqualTo(200);
        assertThat(people.held(user)).isZero();
        assertThat(people.posted(user)).isEqualTo(515_000_000);
    }

    @Test
    void anExtensionHoldsMoreOrLongerAndNeverShortens() {
        var opened = video.open(user, "50", ",\"expires_in\":60").body();
        var hold = UUID.fromString(opened.at("/hold/id").asString());
        var more = video.extend(hold, "{\"amount\":25}").body();
        assertThat(more.at("/hold/amount").toString()).isEqualTo("75");
        assertThat(more.at("/hold/expires_at")).isEqualTo(opened.at("/hold/expires_at"));
        var longer = video.extend(hold, "{\"expires_in\":3600}").body();
        assertThat(longer.at("/hold/expires_at").asLong())
                .isGreaterThanOrEqualTo(opened.at("/hold/opened_at").asLong() + 3_600_000);
        var shorter = video.extend(hold, "{\"expires_in\":1}").body();
        assertThat(shorter.at("/hold/expires_at")).isEqualTo(longer.at("/hold/expires_at"));
        assertThat(people.held(user)).isEqualTo(75_000_000);

        assertThat(video.extend(hold, "{\"amount\":445.000001}")
                        .body()
                        .get("code")
                        .asString())
                .isEqualTo("insufficient_credits");
        assertThat(video.extend(hold, "{\"expires_in\":2592000}").status())
                .as("30 days from its opening are over a moment sooner")
                .isEqualTo(400);
        assertThat(people.held(user)).isEqualTo(75_000_000);
        assertThat(video.settle(hold, "75", "").status()).isEqualTo(200);
    }

    @Test
    void aHoldLivesThirtyDaysAndIsExtendedByAllThatIsAvailable() {
        var opened = video.open(user, "20", ",\"expires_in\":2592000");
        assertThat(opened.body().at("/hold/expires_at").asLong()
                        - opened.body().at("/hold/opened_at").asLong())
                .isEqualTo(2_592_000_000L);
        var hold = Application.id(opened);
        assertThat(video.extend(hold, "{\"expires_in\":2592001}").status()).isEqualTo(400);
        var extended = video.extend(hold, "{\"amount\":500}").body();
        assertThat(extended.at("/hold/left").toString()).isEqualTo("520");
        assertThat(extended.get("available").toString()).isEqualTo("0");
        assertThat(extended.get("credits").toString()).isEqualTo("520");
    }

    @Test
    void theSameAgainBooksOnceAndAnotherBodyIsRefused() {
        var first = video.open(user, "50", "", "Idempotency-Key", "open");
        assertThat(video.open(user, "50", "", "Idempotency-Key", "open").body()).isEqualTo(first.body());
        assertThat(video.open(user, "51", "", "Idempotency-Key", "open").status())
                .isEqualTo(422);
        assertThat(new Application(LEDGER)
                        .open(user, "1", "", "Idempotency-Key", "open")
                        .status())
                .as("another's key")
                .isEqualTo(200);
        var hold = Application.id(first);

        var extended = video.extend(hold, "{\"amount\":5}", "Idempotency-Key", "more");
        assertThat(video.extend(hold, "{\"amount\":5}", "Idempotency-Key", "more")
                        .body())
                .isEqualTo(extended.body());

        var settled = video.settle(hold, "10", "", "Idempotency-Key", "settle");
        assertThat(video.settle(hold, "10", "", "Idempotency-Key", "settle").body())
                .isEqualTo(settled.body());
        assertThat(video.settle(hold, "11", "", "Idempotency-Key", "settle").status())
                .isEqualTo(422);
        var named = ",\"settlement_id\":\"scene-1\"";
        var scene = video.settle(hold, "10", named);
        assertThat(video.settle(hold, "10", named).body().get("settlement"))
                .isEqualTo(scene.body().get("settlement"));
        assertThat(video.settle(hold, "9", named).body().get("code").asString()).isEqualTo("idempotency_key_reused");

        var released = video.release(hold, "Idempotency-Key", "release");
        assertThat(video.release(hold, "Idempotency-Key", "release").body()).isEqualTo(released.body());
        assertThat(video.settle(hold, "10", "", "Idempotency-Key", "settle").body())
                .as("after its end")
                .isEqualTo(settled.body());
        assertThat(people.posted(user)).isEqualTo(500_000_000);
        assertThat(people.held(user)).isEqualTo(1_000_000);
    }

    @Test
    @Tag("long")
    void ofManySettlementsAtOnceOnTwoProcessesTheHoldPaysAsManyAsItHas() throws Exception {
        var hold = video.opened(user, "10");
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var everywhere = List.of(video, video.at(other));
            var calls = IntStream.range(0, 40)
                    .<Callable<Response>>mapToObj(
                            i -> () -> everywhere.get(i % 2).settle(hold, "0.4", ""))
                    .toList();
            var statuses = new ArrayList<Integer>();
            for (var call : threads.invokeAll(calls)) {
                statuses.add(call.get().status());
            }
            assertThat(statuses).filteredOn(status -> status == 200).hasSize(25);
            assertThat(statuses).filteredOn(status -> status == 409).hasSize(15);
        }
        assertThat(people.posted(user)).isEqualTo(510_000_000);
        assertThat(people.status(hold)).isEqualTo("exhausted");
    }

    @Test
    @Tag("long")
    void holdsThatWereOpenedInBulkAreEachSettled() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var opening = IntStream.range(0, 60)
                    .<Callable<Response>>mapToObj(i -> () -> video.open(user, "10", ""))
                    .toList();
            var holds = new ArrayList<UUID>();
            int refused = 0;
            for (var call : threads.invokeAll(opening)) {
                if (call.get().status() == 200) {
                    holds.add(Application.id(call.get()));
                } else {
                    refused++;
                }
            }
            assertThat(holds).hasSize(52);
            assertThat(refused).isEqualTo(8);
            var settling = holds.stream()
                    .<Callable<Response>>map(hold -> () -> video.settle(hold, "10", ""))
                    .toList();
            for (var call : threads.invokeAll(settling)) {
                assertThat(call.get().status()).isEqualTo(200);
            }
        }
        assertThat(people.posted(user)).isZero();
        assertThat(people.held(user)).isZero();
    }

    @Test
    void aSaleIsSharedOutByItsSplit() {
        People.signUp(LEDGER, user);
        var seller = UUID.randomUUID();
        long platform = posted("revenue");
        long reserve = posted("reserve");
        var market = TestIdentity.service("pool-service");
        var opened = LEDGER.call("POST", Application.HOLDS, market, """
                {"user_id":"%s","amount":100,"kind":"purchase","description":"a model's quota"}""".formatted(user));
        var hold = Application.id(opened);
        assertThat(opened.body().at("/hold/expires_at").asLong()
                        - opened.body().at("/hold/opened_at").asLong())
                .isEqualTo(30L * 24 * 3_600_000);
        var settled = LEDGER.call("POST", Application.HOLDS + "/" + hold + "/settle", market, """
                {"amount":33.333333,"split":"market_sale","split_version":1,"seller_id":"%s"}""".formatted(seller));
        assertThat(settled.status()).isEqualTo(200);
        // 28.33333305, 3.3333333 and 1.66666665: the reserve has the largest remainder.
        assertThat(settled.body().at("/settlement/parts/seller").toString()).isEqualTo("28.333333");
        assertThat(settled.body().at("/settlement/parts/platform").toString()).isEqualTo("3.333333");
        assertThat(settled.body().at("/settlement/parts/reserve").toString()).isEqualTo("1.666667");
        assertThat(people.posted(seller)).isEqualTo(28_333_333);
        assertThat(posted("revenue") - platform).isEqualTo(3_333_333);
        assertThat(posted("reserve") - reserve).isEqualTo(1_666_667);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 33_333_333);
        assertThat(LEDGER.number(
                        "SELECT count(*) FROM transfer WHERE reference = ? AND type::text IN"
                                + " ('escrow', 'trade', 'fee', 'risk_reserve')",
                        hold))
                .isEqualTo(4);
    }

    private static long posted(String kind) {
        return LEDGER.number("SELECT coalesce(sum(posted), 0)::bigint FROM account WHERE kind = ?", kind);
    }
}
