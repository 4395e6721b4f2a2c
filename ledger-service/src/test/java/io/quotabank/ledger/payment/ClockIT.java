package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's clock is set an hour ahead or back, and right again. docs/ledger-clocks.md says what goes by which clock. */
class ClockIT {

    private static final Shop SHOP = Shop.open(Map.of(), TestClock.InPlaceOfTheSystems.class);
    private static final Ledger LEDGER = SHOP.ledger();
    private static final TestClock CLOCK = TestClock.of(LEDGER);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Whose callers' clocks are as wrong as the service's own. */
    private final InternalTokens tokens = new InternalTokens(TestIdentity.settings(InternalTokens.GATEWAY), CLOCK);

    private final Caller application = Caller.user(UUID.randomUUID(), Set.of("service"));
    private final UUID user = UUID.randomUUID();
    private final AccountId account = LEDGER.bean(Grants.class).welcome(user);
    private final People people = new People(LEDGER);

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
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        SHOP.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, -1})
    void keysAndHoldsGoByTheDatabasesClock(long hours) {
        var first = consume("a");
        var hold = UUID.fromString(call(
                        "/api/credits/holds",
                        "{\"user_id\":\"" + user + "\",\"amount\":30,\"expires_in\":900,\"description\":\"a film\"}")
                .body()
                .at("/hold/id")
                .asString());

        CLOCK.pass(HOUR.multipliedBy(hours));
        try {
            assertThat(consume("a")).as("the same again").isEqualTo(first);
            consume("b");
            assertThat(LEDGER.number("SELECT count(*) FROM hold WHERE id = ? AND status = 'active'", hold))
                    .isEqualTo(1);
            assertThat(call("/api/credits/holds/" + hold + "/settle", "{\"amount\":10}")
                            .status())
                    .isEqualTo(200);
        } finally {
            CLOCK.pass(HOUR.multipliedBy(-hours));
        }
        consume("a");
        consume("b");
        consume("c");

        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 25_000_000);
        assertThat(people.held(user)).isEqualTo(20_000_000);
        var history =
                LEDGER.call("GET", "/api/credits/history/" + user, tokens.mint(Caller.user(user, Set.of("user"))), "");
        assertThat(history.body()
                        .get("history")
                        .valueStream()
                        .map(entry -> entry.get("balanceAfter").toString()))
                .as("newest first, whatever their ids say")
                .containsExactly("495", "500", "510", "515", "520");
    }

    @Test
    void aGiftThatLivesLongerStaysAndOneThatDoesNotIsGoneOnceAndStaysGone() {
        gift("short", 80, Duration.ofMinutes(30));
        gift("long", 90, Duration.ofHours(2));

        CLOCK.pass(HOUR);
        LEDGER.bean(Grants.class).expiring(account);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP + 90_000_000);
        CLOCK.pass(HOUR.negated());
        LEDGER.bean(Grants.class).expiring(account);

        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP + 90_000_000);
        assertThat(LEDGER.number("SELECT count(*) FROM transfer WHERE type = 'expiry' AND debit = ?", account.value()))
                .isEqualTo(1);
    }

    @Test
    void aClockThatIsBehindKeepsGiftsLongerAndNothingElse() {
        gift("before", 80, Duration.ofMinutes(30));
        CLOCK.pass(HOUR.negated());
        gift("meanwhile", 90, Duration.ofMinutes(30));
        LEDGER.bean(Grants.class).expiring(account);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP + 170_000_000);

        CLOCK.pass(HOUR);
        LEDGER.bean(Grants.class).expiring(account);

        assertThat(people.posted(user)).as("that one's time was over by then").isEqualTo(People.SIGN_UP + 80_000_000);
    }

    /** Its notification is refused as one of another time, or its caller is; asking finds the money. */
    @ParameterizedTest
    @MethodSource("providers")
    void aPaymentIsBookedThoughTheClockIsAhead(String provider) {
        var order = SHOP.order(user, provider);
        var done = SHOP.pay(order, "{\"deliver\":false}");
        CLOCK.pass(HOUR);
        try {
            assertThat(SHOP.deliver(done, "{}").get(0).get("body").asString())
                    .isNotIn("success", "{\"code\":\"SUCCESS\"}", "{\"received\":true}");
            assertThat(SHOP.credits(user)).isZero();

            SHOP.runJobs();

            assertThat(SHOP.credits(user)).isEqualTo(1_200);
        } finally {
            CLOCK.pass(HOUR.negated());
        }
        SHOP.deliver(done, "{}");
        assertThat(SHOP.credits(user)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aPaymentIsBookedOnceTheClockIsNoLongerBehind(String provider) {
        var order = SHOP.order(user, provider);
        var done = SHOP.pay(order, "{\"deliver\":false}");
        CLOCK.pass(HOUR.negated());
        try {
            assertThat(SHOP.deliver(done, "{}").get(0).get("body").asString())
                    .isNotIn("success", "{\"code\":\"SUCCESS\"}", "{\"received\":true}");
            SHOP.runJobs();
            assertThat(SHOP.credits(user)).isZero();
        } finally {
            CLOCK.pass(HOUR);
        }

        assertThat(SHOP.deliver(done, "{}").get(0).get("status").asInt()).isEqualTo(200);

        assertThat(SHOP.credits(user)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anOrderThatWasClosedAnHourEarlyCanStillHaveBeenPaid(String provider) {
        var order = SHOP.order(user, provider);
        CLOCK.pass(HOUR);
        try {
            SHOP.runJobs();
        } finally {
            CLOCK.pass(HOUR.negated());
        }
        assertThat(SHOP.status(order)).isEqualTo("closed");

        SHOP.pay(order);

        assertThat(SHOP.credits(user)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    private UUID consume(String key) {
        var body = "{\"user_id\":\"" + user + "\",\"amount\":5,\"action\":\"a_film\"}";
        var done = call("/api/credits/consume", body, "Idempotency-Key", key + user);
        assertThat(done.status()).as(done.raw().body()).isEqualTo(200);
        return UUID.fromString(done.body().get("id").asString());
    }

    private Response call(String path, String body, String... headers) {
        return LEDGER.call("POST", path, tokens.mint(application), body, headers);
    }

    private void gift(String key, long credits, Duration lives) {
        var until = CLOCK.instant().plus(lives);
        LEDGER.bean(Grants.class).give(account, Gift.of(key + user, Origin.CODE, Credits.of(credits), until));
    }
}
