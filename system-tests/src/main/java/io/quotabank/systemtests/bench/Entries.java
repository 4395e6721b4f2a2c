package io.quotabank.systemtests.bench;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Consumptions of everybody's, loaded by SQL as if the ledger had booked them: balances after, sequences and the
 * accounts' own rows agree. One person has far more of them than any other, spread over all that were loaded.
 */
final class Entries {

    private static final int ALL = Integer.getInteger("quotabank.bench.entries", 2_000_000);
    private static final int OF_BUSIEST = Integer.getInteger("quotabank.bench.entries-of-one", 100_000);
    private static final int BATCHES = 20;

    private static final String LOAD = """
            WITH p AS (SELECT id, posted, seq, CASE WHEN person = ? THEN ?::int ELSE ?::int END AS n FROM account
                       WHERE kind = 'user' AND person = ANY(?) ORDER BY id FOR NO KEY UPDATE),
            c AS (SELECT id, posted, seq FROM account WHERE code = 'consumed:p00' FOR NO KEY UPDATE),
            e AS (SELECT p.id, p.posted - k * 1000 AS after, p.seq + k AS seq,
                         row_number() OVER (ORDER BY (k - random()) / p.n) AS nth
                  FROM p, generate_series(1, p.n) AS k),
            t AS (INSERT INTO transfer
                      (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
                  SELECT uuidv7(), e.id, c.id, 1000, e.after, c.posted + nth * 1000, e.seq, c.seq + nth, 'consume'
                  FROM e, c ORDER BY nth RETURNING id, debit, amount),
            n AS (INSERT INTO consumption (id, account, amount, action, application)
                  SELECT id, debit, amount, 'bench', 'service:bench' FROM t),
            u AS (UPDATE account a SET posted = a.posted - p.n * 1000, debited = a.debited + p.n * 1000,
                      seq = a.seq + p.n
                  FROM p WHERE a.id = p.id)
            UPDATE account a SET posted = a.posted + s.n * 1000, seq = a.seq + s.n
            FROM (SELECT sum(n) AS n FROM p) AS s, c WHERE a.id = c.id
            """;

    // Statistics as a table has them that grew slowly.
    private static final String ANALYZE = """
            SELECT format('VACUUM (ANALYZE) %s', relid) FROM unnest(ARRAY['transfer', 'consumption', 'account']) AS parent,
                pg_partition_tree(parent::regclass) WHERE isleaf AND pg_relation_size(relid) > 0
            """;

    private final Ledger ledger;
    private final List<UUID> people;

    Entries(Ledger ledger, List<UUID> people) {
        this.ledger = ledger;
        this.people = people;
    }

    void load() throws SQLException {
        int others = Math.max(1, Math.ceilDiv(ALL - OF_BUSIEST, BATCHES * (people.size() - 1)));
        try (var load = ledger.database().prepareStatement(LOAD)) {
            load.setObject(1, busiest());
            load.setInt(2, OF_BUSIEST / BATCHES);
            load.setInt(3, others);
            load.setArray(4, ledger.database().createArrayOf("uuid", people.toArray()));
            for (int i = 0; i < BATCHES; i++) {
                load.executeUpdate();
            }
        }
        try (var tables = ledger.database().createStatement();
                var rows = tables.executeQuery(ANALYZE)) {
            while (rows.next()) {
                ledger.execute(rows.getString(1));
            }
        }
    }

    UUID busiest() {
        return people.getFirst();
    }

    long account() throws SQLException {
        return ledger.number("SELECT id FROM account WHERE code = 'user:" + busiest() + "'");
    }

    /** How many entries the busiest has, which is the newest one's sequence. */
    long ofBusiest() throws SQLException {
        return ledger.number("SELECT seq FROM account WHERE code = 'user:" + busiest() + "'");
    }
}
