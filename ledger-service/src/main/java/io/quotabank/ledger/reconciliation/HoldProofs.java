package io.quotabank.ledger.reconciliation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is proved of holds of applications and purchases, as {@link Proofs} does of all else. */
final class HoldProofs {

    private static final String SETTLEMENTS =
            """
            WITH compared AS (
                SELECT coalesce(s.transfer, t.id) AS transfer, coalesce(s.amount, 0) AS amount,
                       coalesce(t.amount, 0) AS moved, s.account = t.debit AND s.hold = t.reference AS same
                FROM (SELECT transfer, amount, account, hold FROM hold_settlement WHERE {new} AND {attached}) s
                FULL JOIN (SELECT id, amount, debit, reference FROM transfer WHERE type = 'escrow' AND {new}) t
                    ON t.id = s.transfer)
            SELECT coalesce(sum(amount), 0), coalesce(sum(moved), 0),
                   count(*) FILTER (WHERE amount <> moved OR same IS NOT TRUE),
            """ + Proofs.EXAMPLES.formatted("transfer::text", "amount <> moved OR same IS NOT TRUE") + " FROM compared";

    // Of each hold that is active, or of which something was settled since: all that ever was.
    private static final String HOLDS = """
            WITH looked_at AS (
                SELECT hold AS id FROM hold_settlement WHERE {new}
                UNION
                SELECT id FROM hold
                WHERE kind <> 'lease' AND settled + settled_late > 0 AND (status = 'active' OR {all})),
            taken AS (
                SELECT s.hold, coalesce(sum(s.amount) FILTER (WHERE NOT s.late), 0) AS settled,
                       coalesce(sum(s.amount) FILTER (WHERE s.late), 0) AS late
                FROM looked_at l JOIN hold_settlement s ON s.hold = l.id GROUP BY s.hold),
            compared AS (
                SELECT l.id, coalesce(h.settled, 0) AS settled, coalesce(h.settled_late, 0) AS settled_late,
                       coalesce(t.settled, 0) AS taken, coalesce(t.late, 0) AS taken_late
                FROM looked_at l LEFT JOIN hold h ON h.id = l.id AND h.kind <> 'lease' LEFT JOIN taken t ON t.hold = l.id)
            SELECT coalesce(sum(taken + taken_late), 0), coalesce(sum(settled + settled_late), 0),
                   count(*) FILTER (WHERE settled <> taken OR settled_late <> taken_late),
            """
            + Proofs.EXAMPLES.formatted("id::text", "settled <> taken OR settled_late <> taken_late")
            + " FROM compared";

    // The person's entry may be of a month's last instant, and the seller's of the next month.
    private static final String SELLERS =
            """
            WITH moved AS (
                SELECT hold, sum(part) AS moved
                FROM (SELECT reference AS hold, amount AS part FROM transfer WHERE type = 'trade' AND {new}
                      UNION ALL
                      SELECT hold, part FROM {sale} AS sales) AS trades
                GROUP BY hold),
            compared AS (
                SELECT coalesce(s.hold, m.hold) AS hold, coalesce(s.part, 0) AS part, coalesce(m.moved, 0) AS moved
                FROM (SELECT hold, sum(seller_part) AS part FROM hold_settlement WHERE seller_part > 0 AND {new}
                      GROUP BY hold) s
                FULL JOIN moved m ON m.hold = s.hold)
            SELECT coalesce(sum(part), 0), coalesce(sum(moved), 0), count(*) FILTER (WHERE part <> moved),
            """ + Proofs.EXAMPLES.formatted("hold::text", "part <> moved") + " FROM compared";

    private static final String RESERVES = """
            SELECT {sum:hold_reserve_part},
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'reserve'), 0, NULL
            """;

    /** By name, in the order in which they are told. */
    static final Map<String, String> ALL = all();

    private static Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        all.put("settlements_of_holds_are_transfers", SETTLEMENTS);
        all.put("holds_gave_what_was_settled", HOLDS);
        all.put("sellers_parts_are_trades", SELLERS);
        all.put("reserves_are_kept_parts", RESERVES);
        return Collections.unmodifiableMap(all);
    }

    private HoldProofs() {}
}
