package io.quotabank.ledger.reconciliation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is proved of credits that were given, sold and consumed, as {@link Proofs} does of all else. */
final class CreditProofs {

    private static final String GRANTS =
            """
            WITH compared AS (
                SELECT coalesce(g.transfer, m.id) AS id, (g.account, g.amount) = (m.account, m.amount) AS same
                FROM (SELECT transfer, account, amount FROM credit_grant WHERE {new} AND {attached}) g
                FULL JOIN (SELECT id, credit AS account, amount FROM transfer WHERE type = 'bonus' AND {new}) m
                    ON m.id = g.transfer)
            SELECT {sum:granted} - {sum:expired} - {sum:gifts_clawed},
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE code = 'issued:grants'),
                   count(*) FILTER (WHERE same IS NOT TRUE),
            """ + Proofs.EXAMPLES.formatted("id::text", "same IS NOT TRUE") + " FROM compared";

    // A lot with nothing left has nothing to be told, and a hold that is closed has no expired credits.
    private static final String LOTS = """
            WITH left_in AS (SELECT account, sum(amount - gone) AS lots FROM credit_grant
                             WHERE gone < amount GROUP BY account),
            open AS (SELECT account, sum(backed) AS backed FROM hold
                     WHERE status = 'active' AND backed > 0 GROUP BY account),
            compared AS (
                SELECT a.code, a.lots + a.backed AS told, coalesce(l.lots, 0) + coalesce(o.backed, 0) AS found,
                       a.lots <> coalesce(l.lots, 0) OR a.backed <> coalesce(o.backed, 0) AS differs
                FROM account a LEFT JOIN left_in l ON l.account = a.id LEFT JOIN open o ON o.account = a.id)
            SELECT coalesce(sum(found), 0), coalesce(sum(told), 0), count(*) FILTER (WHERE differs),
            """
            + Proofs.EXAMPLES.formatted("code || ' tells ' || told || ' of grants, they have ' || found", "differs")
            + " FROM compared";

    // Of each lot no more is booked as expired, or as gone with its recharge, than is gone of it, however long ago; and
    // what went with a recharge went from the person whose gift it was.
    private static final String EXPIRIES = """
            WITH looked_at AS (
                SELECT reference AS lot FROM transfer WHERE type = 'expiry' AND reference IS NOT NULL AND {new}
                UNION SELECT lot FROM grant_claw WHERE transfer IS NOT NULL AND {new}
                UNION SELECT lot FROM {lot} AS lots),
            booked AS (
                SELECT lot, account, sum(amount) AS amount
                FROM (SELECT l.lot, t.debit AS account, t.amount FROM looked_at l
                      JOIN transfer t ON t.reference = l.lot AND t.type = 'expiry'
                      UNION ALL
                      SELECT l.lot, o.account, o.amount FROM looked_at l JOIN opening_lot o ON o.lot = l.lot
                      UNION ALL
                      SELECT l.lot, g.account, c.from_lot FROM looked_at l
                      JOIN grant_claw c ON c.lot = l.lot AND c.transfer IS NOT NULL
                      LEFT JOIN credit_grant g ON g.transfer = l.lot) AS expiries
                GROUP BY lot, account),
            taken AS (SELECT id, debit, amount, reference FROM transfer WHERE type = 'bonus_refund' AND {new}),
            compared AS (
                SELECT b.lot, g.gone IS NULL OR g.gone + g.returned < b.amount OR g.account <> b.account AS differs
                FROM booked b LEFT JOIN credit_grant g ON g.transfer = b.lot
                UNION ALL
                SELECT c.lot, ((t.debit, t.amount, t.reference) = (g.account, c.from_lot, c.lot)) IS NOT TRUE
                FROM (SELECT lot, from_lot, transfer FROM grant_claw
                      WHERE transfer IS NOT NULL AND {new} AND {attached}) c
                LEFT JOIN taken t ON t.id = c.transfer
                LEFT JOIN credit_grant g ON g.transfer = c.lot)
            SELECT 0, 0, count(*) FILTER (WHERE differs),
            """ + Proofs.EXAMPLES.formatted("lot::text", "differs") + " FROM compared";

    private static final String RECHARGES =
            """
            WITH booked AS (
                SELECT transfer, account, credits
                FROM (SELECT id AS transfer, account, credits FROM recharge WHERE {new}
                      UNION ALL
                      SELECT id, account, credits FROM payment WHERE standing = 'booked' AND {new}) AS told
                WHERE {attached}),
            compared AS (
                SELECT coalesce(b.transfer, m.id) AS id, (b.account, b.credits) = (m.account, m.amount) AS same
                FROM booked b
                FULL JOIN (SELECT id, credit AS account, amount FROM transfer WHERE type = 'recharge' AND {new}) m
                    ON m.id = b.transfer)
            SELECT {sum:recharged} + {sum:paid} - {sum:clawed},
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE code = 'issued:recharges'),
                   count(*) FILTER (WHERE same IS NOT TRUE),
            """ + Proofs.EXAMPLES.formatted("id::text", "same IS NOT TRUE") + " FROM compared";

    // A refund's consumption may be of any month.
    private static final String CONSUMPTIONS =
            """
            WITH booked AS (
                SELECT transfer, account, amount
                FROM (SELECT id AS transfer, account, amount FROM consumption WHERE {new}
                      UNION ALL
                      SELECT r.transfer, c.account, -r.amount
                      FROM (SELECT consumption, transfer, amount FROM consumption_refund WHERE {new}) r
                      LEFT JOIN consumption c ON c.id = r.consumption) AS told
                WHERE {attached}),
            moved AS (
                SELECT id, CASE type WHEN 'consume' THEN debit ELSE credit END AS account,
                       CASE type WHEN 'consume' THEN amount ELSE -amount END AS amount
                FROM transfer WHERE type IN ('consume', 'consume_refund') AND {new}),
            compared AS (
                SELECT coalesce(b.transfer, m.id) AS id, coalesce(b.amount, 0) AS booked, coalesce(m.amount, 0) AS moved,
                       coalesce(b.account, 0) = coalesce(m.account, 0) AS same_person
                FROM booked b FULL JOIN moved m ON m.id = b.transfer)
            SELECT {sum:consumed} - {sum:refunded},
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'consumed'),
                   count(*) FILTER (WHERE booked <> moved OR NOT same_person),
            """ + Proofs.EXAMPLES.formatted("id::text", "booked <> moved OR NOT same_person") + " FROM compared";

    // The transaction that books a payment is the one that makes its order a paid one.
    private static final String PAID_ORDERS =
            """
            WITH compared AS (
                SELECT coalesce(o.id, p.payment_order) AS id, coalesce(o.credits, 0) AS promised,
                       coalesce(p.credits, 0) AS booked, (o.account, o.credits) = (p.account, p.credits) AS same
                FROM (SELECT id, account, credits FROM payment_order WHERE state = 'paid' AND {new}) o
                FULL JOIN (SELECT payment_order, account, credits FROM payment WHERE standing = 'booked' AND {new}) p
                    ON p.payment_order = o.id)
            SELECT coalesce(sum(promised), 0), coalesce(sum(booked), 0), count(*) FILTER (WHERE same IS NOT TRUE),
            """ + Proofs.EXAMPLES.formatted("id::text", "same IS NOT TRUE") + " FROM compared";

    private static final String CLAWS =
            """
            WITH looked_at AS (
                SELECT id FROM payment WHERE {new} UNION SELECT payment FROM payment_claw WHERE {new}),
            taken AS (
                SELECT c.payment, sum(CASE c.type WHEN 'recharge_restored' THEN -c.credits ELSE c.credits END) AS credits
                FROM looked_at l JOIN payment_claw c ON c.payment = l.id GROUP BY c.payment),
            compared AS (
                SELECT p.id, p.clawed, coalesce(t.credits, 0) AS taken
                FROM looked_at JOIN payment p USING (id) LEFT JOIN taken t ON t.payment = p.id)
            SELECT coalesce(sum(taken), 0), coalesce(sum(clawed), 0), count(*) FILTER (WHERE taken <> clawed),
            """ + Proofs.EXAMPLES.formatted("id::text", "taken <> clawed") + " FROM compared";

    // A refund gives gifts back what a smaller consumption would not have taken of them, or less: what was paid for
    // since.
    private static final String RETURNED =
            """
            WITH compared AS (
                SELECT r.transfer, r.to_lots > greatest(0, (SELECT coalesce(sum(part), 0) FROM unnest(c.parts) AS part)
                                                            - (c.amount - r.amount)) AS differs
                FROM (SELECT consumption, transfer, amount, to_lots FROM consumption_refund WHERE {new}) r
                LEFT JOIN consumption c ON c.id = r.consumption)
            SELECT {sum:refunded_to_lots} + {sum:gifts_restored},
                   (SELECT coalesce(sum(returned), 0) FROM credit_grant WHERE returned > 0),
                   count(*) FILTER (WHERE differs),
            """ + Proofs.EXAMPLES.formatted("transfer::text", "differs") + " FROM compared";

    private static final String DEBTS = """
            SELECT {sum:owed} + {sum:gifts_owed} - {sum:debt_settled},
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'debt'), 0, NULL
            """;

    /** By name, in the order in which they are told. */
    static final Map<String, String> ALL = all();

    private static Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        all.put("issued_grants_are_grants", GRANTS);
        all.put("lots_are_what_accounts_tell", LOTS);
        all.put("no_more_expired_than_was_given", EXPIRIES);
        all.put("returned_to_gifts_is_what_was_refunded", RETURNED);
        all.put("issued_recharges_are_recharges", RECHARGES);
        all.put("consumed_is_what_applications_took", CONSUMPTIONS);
        all.put("paid_orders_are_booked_payments", PAID_ORDERS);
        all.put("claws_are_what_payments_lost", CLAWS);
        all.put("debts_are_claws_that_are_not_settled", DEBTS);
        return Collections.unmodifiableMap(all);
    }

    private CreditProofs() {}
}
