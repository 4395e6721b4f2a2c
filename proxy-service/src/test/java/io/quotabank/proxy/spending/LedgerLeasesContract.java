package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What this service relies on at the ledger; run on the fake here, and on the ledger by its own service's rules. */
abstract class LedgerLeasesContract {

    private static final long POSTED = 1_000;

    private final Ids ids = new Ids(Clock.systemUTC());
    private final UUID user = UUID.randomUUID();

    /** A ledger on which the user has so many micro-credits and no lease. */
    abstract LedgerLeases ledgerWith(UUID userId, long micro);

    @Test
    void grantsWhatIsWantedButNotMoreThanHalfUnlessItIsNeeded() {
        var ledger = ledgerWith(user, POSTED);

        assertThat(granted(ledger.open(open(ids.next(), 10, 100)))).isEqualTo(100);
        assertThat(granted(ledger.open(open(ids.next(), 10, 900)))).isEqualTo(450);
        assertThat(granted(ledger.open(open(ids.next(), 400, 900)))).isEqualTo(400);
    }

    @Test
    void grantsTheLastCreditAndRefusesOneMore() {
        var ledger = ledgerWith(user, POSTED);

        assertThat(granted(ledger.open(open(ids.next(), POSTED, POSTED)))).isEqualTo(POSTED);
        var refused = ledger.open(open(ids.next(), 1, 1));
        assertThat(refused.granted()).isNull();
        assertThat(refused.available()).isEqualTo(Credits.ZERO);
    }

    @Test
    void grantsALeaseOnceByItsId() {
        var ledger = ledgerWith(user, POSTED);
        var open = open(ids.next(), 300, 300);

        assertThat(granted(ledger.open(open))).isEqualTo(300);
        var again = ledger.open(open);
        assertThat(granted(again)).isEqualTo(300);
        assertThat(again.available()).isEqualTo(new Credits(700));
    }

    @Test
    void booksTheReplacedLeaseWithTheNewOneAlsoWhereItRefuses() {
        var ledger = ledgerWith(user, POSTED);
        var first = ids.next();
        ledger.open(open(first, 600, 600));
        var statement =
                new Statement(first, 1, new Credits(100), List.of(new InFlight(ids.next(), new Credits(50))), true);

        var refused = ledger.open(open(ids.next(), 851, 851, statement));
        assertThat(refused.granted()).isNull();
        assertThat(refused.available()).isEqualTo(new Credits(850));
        assertThat(refused.balance()).isEqualTo(new Credits(900));
        assertThat(granted(ledger.open(open(ids.next(), 850, 850, statement)))).isEqualTo(850);
    }

    @Test
    void releasesWhatIsNeitherSpentNorInFlightByTheLastStatement() {
        var ledger = ledgerWith(user, POSTED);
        var lease = ids.next();
        ledger.open(open(lease, 600, 600));

        ledger.state(
                lease,
                new Statement(lease, 1, new Credits(100), List.of(new InFlight(ids.next(), new Credits(50))), true));
        assertThat(available(ledger)).isEqualTo(850);
        ledger.state(lease, new Statement(lease, 2, new Credits(120), List.of(), true));
        assertThat(available(ledger)).isEqualTo(880);
    }

    @Test
    void takesAStatementOnceByItsSequenceAndNoOlderOne() {
        var ledger = ledgerWith(user, POSTED);
        var lease = ids.next();
        ledger.open(open(lease, 600, 600));
        ledger.state(lease, new Statement(lease, 2, new Credits(100), List.of(), true));

        ledger.state(lease, new Statement(lease, 2, new Credits(10), List.of(), true));
        ledger.state(lease, new Statement(lease, 1, Credits.ZERO, List.of(), true));
        assertThat(available(ledger)).isEqualTo(900);
    }

    @Test
    void grantsNoMoreThanTheCapHasLeftByItsNewestVersion() {
        var ledger = ledgerWith(user, POSTED);
        var key = ids.next();

        var first = ledger.open(capped(key, 2, 100, 80));
        assertThat(granted(first)).isEqualTo(80);
        assertThat(first.capLeft()).isEqualTo(new Credits(20));
        var refused = ledger.open(capped(key, 1, 1_000, 21));
        assertThat(refused.granted()).isNull();
        assertThat(refused.capLeft()).isEqualTo(new Credits(20));
        assertThat(granted(ledger.open(capped(key, 3, 101, 21)))).isEqualTo(21);
        assertThat(ledger.open(capped(key, 4, 50, 1)).capLeft()).isEqualTo(Credits.ZERO);
        assertThat(ledger.open(open(ids.next(), 1, 1)).capLeft()).isNull();
    }

    private Open capped(UUID key, long version, long limit, long need) {
        var cap = new SpendingCap(key, version, new Credits(limit), null, null);
        var open = open(ids.next(), need, need);
        return new Open(
                open.leaseId(), user, open.instance(), open.recallUrl(), open.need(), open.want(), List.of(), cap);
    }

    // Asks for more than there is: refused, so nothing changes.
    private long available(LedgerLeases ledger) {
        return ledger.open(open(ids.next(), POSTED + 1, POSTED + 1)).available().micro();
    }

    private Open open(UUID lease, long need, long want, Statement... replaced) {
        return new Open(
                lease,
                user,
                "proxy-1",
                "http://127.0.0.1:1/recall",
                new Credits(need),
                new Credits(want),
                List.of(replaced));
    }

    private static long granted(Answer answer) {
        assertThat(answer.granted()).isNotNull();
        return answer.granted().micro();
    }
}
