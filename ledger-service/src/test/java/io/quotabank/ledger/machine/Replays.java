package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.seal.Sealing;
import io.quotabank.ledger.seal.Seals;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What holds of the books when they are told again from their beginning. Kept over runs: each reads what is new. */
final class Replays {

    private record Entry(Timestamp at, long amount) {}

    private static final String ENTRIES = """
            SELECT e.created_at, CASE e.side WHEN 'credit' THEN e.amount ELSE -e.amount END FROM entry e
            JOIN account a ON a.id = e.account WHERE a.code = ? ORDER BY e.seq
            """;

    private static final String SPENT = """
            SELECT coalesce(sum(CASE WHEN e.type = 'consume_refund' THEN -e.amount WHEN e.side = 'debit' THEN e.amount END),
                            0)::bigint
            FROM entry e JOIN account a ON a.id = e.account WHERE a.code = ?
            """;

    private static final String CHARGED = """
            SELECT coalesce(sum(s.charge), 0)::bigint FROM settlement s JOIN account a ON a.id = s.account WHERE a.code = ?
            """;

    private static final int INSTANTS = 3;

    private final Map<String, Long> balances = new HashMap<>();
    private long next;

    /** 8. From what strangers get of the sealed blocks. */
    void theSealedLogRebuildsTheBalances(Ledger ledger) {
        long newest = Sealing.seal(ledger);
        assertThat(ledger.bean(Seals.class).check(next).wrong()).isEmpty();
        for (; next <= newest; next++) {
            var path = "/api/ledger/seal/" + next + "/transfers";
            var lines = ledger.call("GET", path, Applications.admin(), "").raw().body();
            lines.lines().skip(1).map(line -> line.split(",", -1)).forEach(fields -> {
                long amount = Long.parseLong(fields[3]);
                balances.merge(fields[1], -amount, Long::sum);
                balances.merge(fields[2], amount, Long::sum);
            });
        }
        var rows = ledger.jdbc()
                .queryForList("SELECT code, CASE side WHEN 'credit' THEN posted ELSE -posted END AS posted FROM account"
                        + " WHERE seq > 0");
        var told = new HashMap<String, Long>();
        rows.forEach(row -> told.put((String) row.get("code"), (Long) row.get("posted")));
        assertThat(balances).isEqualTo(told);
    }

    /** 9. */
    void aPastBalanceIsTheReplayUpToThen(Ledger ledger, Collection<UUID> people) {
        for (var person : people) {
            var entries = ledger.jdbc()
                    .query(ENTRIES, (row, index) -> new Entry(row.getTimestamp(1), row.getLong(2)), "user:" + person);
            for (int i = 0; i < INSTANTS; i++) {
                var at = entries.get((entries.size() - 1) * i / (INSTANTS - 1)).at();
                long replayed = entries.stream()
                        .filter(entry -> !entry.at().after(at))
                        .mapToLong(Entry::amount)
                        .sum();
                var told = ledger.call(
                        "GET", "/api/credits/balance/" + person + "?at=" + at.toInstant(), Applications.admin(), "");
                assertThat(micro(told.body().path("credits").decimalValue()))
                        .as("%s at %s", person, at)
                        .isEqualTo(replayed);
            }
        }
    }

    /** 11. */
    void categoriesAddUpToEntries(Ledger ledger, Collection<UUID> people) {
        for (var person : people) {
            var spent = ledger.call("GET", "/api/credits/stats/" + person + "?period=month", Applications.admin(), "")
                    .body()
                    .path("spent");
            long all = spent.valueStream()
                    .mapToLong(sum -> micro(sum.decimalValue()))
                    .sum();
            assertThat(all).isEqualTo(ledger.number(SPENT, "user:" + person));
            assertThat(micro(spent.path("proxy_usage").asDecimal(BigDecimal.ZERO)))
                    .isEqualTo(ledger.number(CHARGED, "user:" + person));
        }
    }

    void all(Ledger ledger, List<UUID> people) {
        theSealedLogRebuildsTheBalances(ledger);
        aPastBalanceIsTheReplayUpToThen(ledger, people);
        categoriesAddUpToEntries(ledger, people);
    }

    private static long micro(BigDecimal credits) {
        return credits.multiply(BigDecimal.valueOf(Credits.MICRO_PER_CREDIT)).longValueExact();
    }
}
