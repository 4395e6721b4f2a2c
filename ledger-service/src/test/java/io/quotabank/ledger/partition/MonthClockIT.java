package io.quotabank.ledger.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.seal.Sealing;
import io.quotabank.ledger.seal.Seals;
import io.quotabank.ledger.settlement.Settling;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A clock of the ledger's, or of a proxy's, is of another month: its ids are in another table, and nothing else differs. */
class MonthClockIT {

    private static final Map<String, Object> BY_HAND = Map.of("quotabank.settlement.start", "false");
    private static final Ledger LEDGER = Ledger.idle();
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMM");

    private final UUID user = UUID.randomUUID();
    private final AccountId account = LEDGER.bean(Grants.class).welcome(user);
    private final People people = new People(LEDGER);

    @AfterEach
    void theBooksAgree() {
        long newest = Sealing.seal(LEDGER);
        var check = LEDGER.bean(Seals.class).check(0);
        assertThat(check.wrong()).isEmpty();
        assertThat(check.upTo()).isEqualTo(newest);
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    /** When, and in which table that is. There is none of older months. */
    static Stream<Arguments> times() {
        var month = YearMonth.now(ZoneOffset.UTC);
        return Stream.of(
                Arguments.of(begin(month.plusMonths(1)).plusSeconds(1_800), NAME.format(month.plusMonths(1))),
                Arguments.of(begin(month).minusSeconds(1_800), NAME.format(month.minusMonths(1))),
                Arguments.of(begin(month.minusMonths(1)).minusSeconds(1_800), "default"));
    }

    @ParameterizedTest
    @MethodSource("times")
    void entriesOfThatTimeFollowInTheirAccountsOrder(Instant then, String table) {
        give(LEDGER, "before");
        try (var wrong = LEDGER.another(BY_HAND, TestClock.InPlaceOfTheSystems.class)) {
            var clock = TestClock.of(wrong);
            clock.pass(Duration.between(clock.instant(), then));
            give(wrong, "meanwhile");
        }
        give(LEDGER, "after");
        give(LEDGER, "meanwhile");

        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT replace(tableoid::regclass::text, 'transfer_', '') FROM transfer"
                                        + " WHERE credit = ? AND type = 'bonus' ORDER BY credit_seq",
                                String.class,
                                account.value()))
                .containsExactly(thisMonth(), thisMonth(), table, thisMonth());
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP + 3);
        var history = LEDGER.call("GET", "/api/credits/history/" + user, Ledger.proxyToken(), "");
        assertThat(history.body()
                        .get("history")
                        .valueStream()
                        .map(entry -> entry.get("balanceAfter").decimalValue().toPlainString()))
                .containsExactly("520.000003", "520.000002", "520.000001", "520");
    }

    /** As a proxy names leases and requests, by its own clock. */
    @ParameterizedTest
    @MethodSource("times")
    void requestsOfThatTimeSettleOnce(Instant then, String table) {
        var ids = new Ids(Clock.fixed(then, ZoneOffset.UTC));
        var lease = ids.next();
        people.lease(lease, user, People.NOBODY, 1_000, 1_000);
        var used = TestUsage.of(user)
                .request(ids.next())
                .cost(400)
                .from(lease, 1_000)
                .served(UUID.randomUUID(), 400)
                .closed();
        Settling.settle(LEDGER, List.of(used));
        Settling.settle(LEDGER, List.of(used, used));

        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT replace(tableoid::regclass::text, 'settlement_', '') FROM settlement WHERE request = ?",
                                String.class,
                                used.requestId()))
                .containsExactly(table);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 400);
        people.state(People.statement(lease, 1, 400, true));
        assertThat(people.held(user)).isZero();
    }

    private void give(Ledger process, String key) {
        process.bean(Grants.class).give(account, Gift.of(key + user, Origin.CODE, new Credits(1), null));
    }

    private static Instant begin(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static String thisMonth() {
        return NAME.format(LocalDate.now(ZoneOffset.UTC));
    }
}
