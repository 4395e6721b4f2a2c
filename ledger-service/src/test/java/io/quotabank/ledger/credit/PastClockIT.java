package io.quotabank.ledger.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.DatabaseClock;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.credit.Past.Standing;
import io.quotabank.ledger.grant.Grants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries that were written while the database's clock was an hour off, as balances at past instants and statements. */
class PastClockIT {

    @RegisterExtension
    static final DatabaseClock CLOCK = new DatabaseClock(Map.of());

    private static final Ledger LEDGER = CLOCK.ledger();
    private static final Duration HOUR = Duration.ofHours(1);

    private final UUID user = UUID.randomUUID();
    private final AccountId account = LEDGER.bean(Grants.class).welcome(user);
    private final Applications applications = new Applications(LEDGER);

    /** @param halfAnHour how many entries there were, for who asks in the middle of the wrong hour */
    @ParameterizedTest
    @CsvSource({"1 hour, 30, 1", "-1 hour, -30, 2"})
    void everyAnswerIsABalanceThatTheAccountHadAndOutsideThatHourTheRightOne(
            String ahead, long minutes, int halfAnHour) {
        CLOCK.set(ahead);
        consume();
        CLOCK.set("0");
        consume();
        var now = Instant.now();
        var had = List.of(standing(0, 0), standing(1, 520), standing(2, 515), standing(3, 510));

        for (var at = now.minus(HOUR.multipliedBy(2)); at.isBefore(now.plus(HOUR.multipliedBy(2))); ) {
            assertThat(at(at)).as("%s of %s", at, now).isIn(had);
            at = at.plus(Duration.ofMinutes(10));
        }
        assertThat(at(now.plus(Duration.ofMinutes(minutes)))).isEqualTo(had.get(halfAnHour));
        assertThat(at(now.minus(HOUR).minusSeconds(60))).isEqualTo(had.getFirst());
        assertThat(at(now.plus(HOUR).plusSeconds(60))).isEqualTo(had.getLast());
        assertThat(lines(now.minus(HOUR.multipliedBy(2)), now.plus(HOUR.multipliedBy(2))))
                .as("in the order in which they happened")
                .containsExactly("0", "520", "515", "510", "510");
    }

    private static Standing standing(long seq, long credits) {
        return new Standing(seq, Credits.of(credits));
    }

    private Standing at(Instant at) {
        return LEDGER.bean(Past.class).at(account, at).orElseThrow();
    }

    private void consume() {
        var done = applications.consume(Applications.videos(), user, "\"amount\":5,\"action\":\"a_film\"");
        assertThat(done.status()).as(done.raw().body()).isEqualTo(200);
    }

    /** The balances of a statement, the opening and the closing one included. */
    private List<String> lines(Instant from, Instant to) {
        var path = "/api/credits/statement/" + user + "?format=csv&from=" + from + "&to=" + to;
        var answer = LEDGER.call("GET", path, Applications.admin(), "", "Accept-Language", "en");
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.raw()
                .body()
                .lines()
                .skip(1)
                .map(line -> line.split("\",\"", -1)[4])
                .toList();
    }
}
