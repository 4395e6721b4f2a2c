package io.quotabank.ledger.reconciliation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is proved, and by which SQL. Each gives one row: expected, actual, number of differing rows, and texts that name
 * the differing rows.
 *
 * <p>Rows that only come and never change are read from where the last run that agreed ended: {@code {new}} is what has
 * come since, and {@code {account}}, {@code {hold}}, {@code {cap}}, {@code {sum:name}} are what was proven by then. In
 * full, everything is new, and before it there is what detached months had; {@code {all}} tells whether it is in full.
 * {@code {attached}} is true of rows whose {@code transfer} was not taken out with its month. Rows that are written
 * together have one number and so are new together: what is new of one table is compared with what is new of the other.
 */
final class Proofs {

    static final String EXAMPLES = "(array_agg((%s)::text) FILTER (WHERE %s))[1:20]";

    private static final String ZERO_SUM = """
            SELECT 0, coalesce(sum(CASE side WHEN 'credit' THEN posted ELSE -posted END), 0), 0, NULL FROM account
            """;

    private static final String BALANCES = """
            WITH moved AS (
                SELECT account, sum(CASE side WHEN 'credit' THEN amount ELSE -amount END) AS net, count(*) AS entries,
                       sum(amount) FILTER (WHERE side = 'debit') AS debited
                FROM entry WHERE {new} GROUP BY account),
            compared AS (
                SELECT coalesce(a.code, 'no account ' || coalesce(m.account, p.account)) AS code,
                       coalesce(a.posted, 0) AS posted,
                       coalesce(p.posted, 0)
                           + CASE a.side WHEN 'debit' THEN -coalesce(net, 0) ELSE coalesce(net, 0) END AS by_transfers,
                       coalesce(a.seq, 0) <> coalesce(p.seq, 0) + coalesce(m.entries, 0)
                           OR coalesce(a.debited, 0) <> coalesce(p.debited, 0) + coalesce(m.debited, 0) AS miscounted
                FROM account a FULL JOIN moved m ON m.account = a.id
                FULL JOIN {account} p ON p.account = coalesce(a.id, m.account))
            SELECT coalesce(sum(posted), 0), coalesce(sum(by_transfers), 0),
                   count(*) FILTER (WHERE posted <> by_transfers OR miscounted),
            """
            + EXAMPLES.formatted(
                    "code || ' has ' || posted || ', transfers say ' || by_transfers",
                    "posted <> by_transfers OR miscounted")
            + " FROM compared";

    private static final String CHAINS = """
            WITH entries AS (
                SELECT account, seq, side, amount, balance_after, FALSE AS detached FROM entry WHERE {new}
                UNION ALL
                SELECT account, seq, 'credit', 0, balance_after, TRUE FROM {edge} AS edges),
            steps AS (
                SELECT a.code, e.seq, e.balance_after, e.detached,
                       lag(e.balance_after, 1, coalesce(p.posted, 0)) OVER w
                           + CASE WHEN e.side = a.side THEN e.amount ELSE -e.amount END AS expected,
                       lag(e.seq, 1, coalesce(p.seq, 0)) OVER w + 1 AS expected_seq
                FROM entries e JOIN account a ON a.id = e.account LEFT JOIN {before} p ON p.account = e.account
                WINDOW w AS (PARTITION BY e.account ORDER BY e.seq))
            SELECT count(*), count(*) FILTER (WHERE balance_after = expected AND seq = expected_seq),
                   count(*) FILTER (WHERE balance_after <> expected OR seq <> expected_seq),
            """
            + EXAMPLES.formatted("code || ' entry ' || seq", "balance_after <> expected OR seq <> expected_seq")
            + " FROM steps WHERE NOT detached";

    private static final String HELD = """
            WITH open AS (SELECT account, sum(amount - settled - released) AS left_in FROM hold
                          WHERE status = 'active' GROUP BY account),
            compared AS (SELECT coalesce(a.code, 'no account ' || o.account) AS code, coalesce(a.held, 0) AS held,
                                coalesce(o.left_in, 0) AS left_in
                         FROM account a FULL JOIN open o ON o.account = a.id)
            SELECT coalesce(sum(left_in), 0), coalesce(sum(held), 0), count(*) FILTER (WHERE held <> left_in),
            """
            + EXAMPLES.formatted("code || ' holds ' || held || ' of ' || left_in", "held <> left_in")
            + " FROM compared";

    private static final String CLEARING = "SELECT 0, coalesce(sum(posted), 0), count(*) FILTER (WHERE posted <> 0), "
            + EXAMPLES.formatted("code", "posted <> 0")
            + " FROM account WHERE kind = 'clearing'";

    private static final Map<String, String> TEMPLATES = templates();

    /** In full: by name, in the order in which they are told. */
    static final Map<String, String> ALL = from(ProvenPoint.NONE);

    /** From a point up to which they were proven. */
    static Map<String, String> from(ProvenPoint point) {
        var all = new LinkedHashMap<String, String>();
        TEMPLATES.forEach((name, sql) -> all.put(name, point.fill(sql)));
        return Collections.unmodifiableMap(all);
    }

    private static Map<String, String> templates() {
        var all = new LinkedHashMap<String, String>();
        all.put("sum_of_all_accounts_is_zero", ZERO_SUM);
        all.put("balances_are_sums_of_transfers", BALANCES);
        all.put("balances_after_follow_each_other", CHAINS);
        all.put("held_is_left_in_active_holds", HELD);
        all.put("clearing_is_empty", CLEARING);
        all.putAll(UsageProofs.ALL);
        all.putAll(HoldProofs.ALL);
        all.putAll(UsageProofs.OF_CAPS);
        all.putAll(CreditProofs.ALL);
        all.replaceAll((name, sql) -> Sums.in(sql));
        return Collections.unmodifiableMap(all);
    }

    private Proofs() {}
}
