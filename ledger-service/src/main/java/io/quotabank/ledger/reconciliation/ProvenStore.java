package io.quotabank.ledger.reconciliation;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps how far the books were proven, and the sums up to there. */
@Repository
class ProvenStore {

    // A point above what the database counts is of another server: nothing is taken as proven then.
    private static final String POINT = """
            SELECT before, running, block, events_at FROM proof_point
            WHERE before <= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            """;

    // The proofs have just shown that these rows say what the transfers and charges say.
    private static final String ACCOUNTS = """
            INSERT INTO proof_account AS kept (account, posted, debited, seq)
            SELECT a.id, a.posted, a.debited, a.seq FROM account a LEFT JOIN proof_account p ON p.account = a.id
            WHERE a.seq > 0 AND (p.account IS NULL OR (p.posted, p.debited, p.seq) <> (a.posted, a.debited, a.seq))
            ON CONFLICT (account) DO UPDATE
                SET posted = excluded.posted, debited = excluded.debited, seq = excluded.seq
            """;

    private static final String HOLDS = """
            INSERT INTO proof_hold (hold, charge) SELECT id, settled FROM hold
            WHERE kind = 'lease' AND status = 'active' AND settled > 0
            """;

    private static final String CAPS = """
            INSERT INTO proof_cap AS kept (cap, cap_day, charge)
            SELECT w.cap, w.begins, w.spent FROM cap_window w
            LEFT JOIN proof_cap p ON p.cap = w.cap AND p.cap_day = w.begins
            WHERE w.span = 'day' AND w.spent <> coalesce(p.charge, 0)
            ON CONFLICT (cap, cap_day) DO UPDATE SET charge = excluded.charge
            """;

    private static final String KEEP = """
            INSERT INTO proof_point AS kept (before, running, block)
            SELECT pg_snapshot_xmax(now.taken)::text::bigint,
                   ARRAY(SELECT id::text::bigint FROM pg_snapshot_xip(now.taken) AS id), ?
            FROM (SELECT pg_current_snapshot() AS taken) AS now
            ON CONFLICT (single) DO UPDATE SET before = excluded.before, running = excluded.running,
                block = excluded.block
            """;

    private final JdbcTemplate jdbc;

    ProvenStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** How far the books were proven; {@link ProvenPoint#NONE} where nothing was. */
    ProvenPoint point() {
        return jdbc
                .query(
                        POINT,
                        (row, index) -> new ProvenPoint(
                                row.getLong(1),
                                List.of((Long[]) row.getArray(2).getArray()),
                                row.getLong(3),
                                row.getTimestamp(4).toInstant()))
                .stream()
                .findFirst()
                .orElse(ProvenPoint.NONE);
    }

    /** Everything that the caller's snapshot has was proven, from a point on. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void advance(ProvenPoint from, long block) {
        jdbc.update(from.fill(Sums.KEEP));
        jdbc.update(ACCOUNTS);
        jdbc.update("DELETE FROM proof_hold");
        jdbc.update(HOLDS);
        jdbc.update(CAPS);
        jdbc.update(KEEP, block);
    }

    /** Settlement and the usage events agreed in a run that began then. */
    void eventsAgreed(Instant startedAt) {
        jdbc.update("UPDATE proof_point SET events_at = ?", Timestamp.from(startedAt));
    }
}
