package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows 32 to 34 of docs/settlement.md: what is settled after a hold's time is over. */
class LateSettlementIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final People people = new People(LEDGER);
    private final Application video = new Application(LEDGER);
    private final UUID user = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void row32TakesFromWhatIsAvailableAtMostWhatExpiryGaveBack() {
        var hold = video.opened(user, "100");
        video.settle(hold, "30", "");
        Application.expiredFor(LEDGER, hold, Duration.ofDays(1));
        var late = video.settle(hold, "60", "");
        assertThat(late.status()).isEqualTo(200);
        assertThat(late.body().at("/settlement/late").asBoolean()).isTrue();
        assertThat(late.body().at("/hold/status").asString()).isEqualTo("expired");
        assertThat(late.body().at("/hold/settled").toString()).isEqualTo("30");
        assertThat(late.body().at("/hold/released").toString()).isEqualTo("70");
        assertThat(late.body().at("/hold/settled_late").toString()).isEqualTo("60");
        assertThat(video.settle(hold, "10.000001", "").body().get("code").asString())
                .isEqualTo("hold_exceeded");
        assertThat(video.settle(hold, "10", "").status()).isEqualTo(200);
        assertThat(video.settle(hold, "0.000001", "").body().get("code").asString())
                .isEqualTo("hold_exceeded");
        assertThat(people.posted(user)).isEqualTo(420_000_000);
        assertThat(people.held(user)).isZero();
    }

    @Test
    void row32IsSharedOutLikeAnyOther() {
        var hold = video.opened(user, "100");
        var seller = UUID.randomUUID();
        Application.expiredFor(LEDGER, hold, Duration.ofMinutes(1));
        var late = video.settle(
                hold, "100", ",\"split\":\"consignment\",\"split_version\":1,\"seller_id\":\"%s\"".formatted(seller));
        assertThat(late.status()).isEqualTo(200);
        assertThat(people.posted(seller)).isEqualTo(95_000_000);
    }

    @Test
    void row32OnlyForSevenDays() {
        var hold = video.opened(user, "100");
        Application.expiredFor(LEDGER, hold, Duration.ofDays(7).minusMinutes(1));
        assertThat(video.settle(hold, "1", "").status()).isEqualTo(200);
        Application.expiredFor(LEDGER, hold, Duration.ofDays(7));
        var refused = video.settle(hold, "1", "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().get("code").asString()).isEqualTo("hold_expired");
        assertThat(people.posted(user)).isEqualTo(519_000_000);
    }

    @Test
    void row33MoreThanThatIsRefusedAndChangesNothing() {
        var hold = video.opened(user, "100");
        Application.expiredFor(LEDGER, hold, Duration.ofDays(1));
        assertThat(video.settle(hold, "100.000001", "").body().get("code").asString())
                .isEqualTo("hold_exceeded");
        // What expiry gave back is another's by now.
        var other = new Application(LEDGER);
        other.opened(user, "470");
        var refused = video.settle(hold, "51", "", "Accept-Language", "en");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().get("code").asString()).isEqualTo("insufficient_credits");
        assertThat(refused.body().get("detail").asString())
                .isEqualTo("Not enough credits! Current credits: 50, needed: 51");
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP);
        assertThat(video.settle(hold, "50", "").status()).isEqualTo(200);
        assertThat(people.held(user)).isEqualTo(470_000_000);
        assertThat(people.posted(user)).isEqualTo(470_000_000);
    }

    @Test
    void row34TheSameLateSettlementBooksOnce() throws Exception {
        var hold = video.opened(user, "100");
        Application.expiredFor(LEDGER, hold, Duration.ofDays(1));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 16)
                    .<Callable<Response>>mapToObj(i -> () -> video.settle(hold, "40", ",\"settlement_id\":\"scene-1\""))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                assertThat(call.get().status()).isEqualTo(200);
                assertThat(call.get().body().at("/hold/settled_late").toString())
                        .isEqualTo("40");
            }
        }
        assertThat(video.settle(hold, "41", ",\"settlement_id\":\"scene-1\"").status())
                .isEqualTo(422);
        assertThat(people.posted(user)).isEqualTo(480_000_000);
    }

    @Test
    void whatWasSettledInTimeIsNotTakenAgainLate() {
        var hold = video.opened(user, "100");
        var named = ",\"settlement_id\":\"scene-1\"";
        var first = video.settle(hold, "40", named).body().get("settlement");
        Application.expiredFor(LEDGER, hold, Duration.ofDays(1));
        assertThat(video.settle(hold, "40", named).body().get("settlement")).isEqualTo(first);
        assertThat(people.posted(user)).isEqualTo(480_000_000);
    }
}
