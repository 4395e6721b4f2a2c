package io.quotabank.ledger.reconciliation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is proved, and by which SQL. Each gives one row: expected, actual, number of differing rows, and texts that name
 * the differing rows.
 *
 * <p>Rows that only come and never change are read from where the last run that agreed ended: {@code {new}} is what has
 * come since, and {@code {account}}, {@code {hold}}, {@code {cap}}, {@code {sum}} are what was proven by then. In full,
 * everything is new, and before it there is what detached months had.
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

    private static final String SPLITS =
            "SELECT coalesce(sum(charge + loss), 0), coalesce(sum(owners_part + platform_part), 0),"
                    + " count(*) FILTER (WHERE charge + loss <> owners_part + platform_part), "
                    + EXAMPLES.formatted("request::text", "charge + loss <> owners_part + platform_part")
                    + " FROM settlement WHERE {new}";

    private static final String ONCE = """
            SELECT (SELECT count(*) FROM settlement WHERE {new}),
                   (SELECT count(*) FROM (SELECT request FROM settlement WHERE {new}) n JOIN settlement USING (request)),
                   0, NULL
            """;

    private static final String CHARGES =
            """
            WITH compared AS (
                SELECT coalesce(s.request, t.id) AS request, coalesce(s.charge, 0) AS charge,
                       coalesce(t.amount, 0) AS amount, coalesce(s.account, 0) = coalesce(t.debit, 0) AS same_buyer
                FROM (SELECT request, charge, account FROM settlement WHERE charge > 0 AND {new}) s
                FULL JOIN (SELECT id, amount, debit FROM transfer WHERE type = 'proxy_usage' AND {new}) t ON t.id = s.request)
            SELECT coalesce(sum(charge), 0), coalesce(sum(amount), 0),
                   count(*) FILTER (WHERE charge <> amount OR NOT same_buyer),
            """ + EXAMPLES.formatted("request::text", "charge <> amount OR NOT same_buyer") + " FROM compared";

    private static final String LOSSES = """
            SELECT (SELECT coalesce(sum(loss), 0) FROM {sum}) + (SELECT coalesce(sum(loss), 0) FROM settlement WHERE {new})
                       + (SELECT coalesce(sum(loss), 0) FROM settlement_correction),
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'platform_loss'), 0, NULL
            """;

    private static final String OWNERS = """
            SELECT (SELECT coalesce(sum(owners_part), 0) FROM {sum})
                       + (SELECT coalesce(sum(owners_part), 0) FROM settlement WHERE {new})
                       + (SELECT coalesce(sum(part), 0) FROM settlement_correction_part),
                   (SELECT coalesce(sum(accrued), 0) FROM {sum})
                       + (SELECT coalesce(sum(amount), 0) FROM transfer
                          WHERE type IN ('proxy_accrual', 'proxy_correction') AND {new}),
                   0, NULL
            """;

    private static final String PLATFORM = """
            SELECT (SELECT coalesce(sum(platform_part), 0) FROM {sum})
                       + (SELECT coalesce(sum(platform_part), 0) FROM settlement WHERE {new})
                       + (SELECT coalesce(sum(platform_part), 0) FROM hold_settlement),
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'revenue'), 0, NULL
            """;

    private static final String ATTEMPTS =
            """
            WITH several AS (SELECT request, owners_part, attempts FROM settlement WHERE attempts > 1 AND {new}),
            parts AS (SELECT request, sum(owner_part) AS part, count(*) AS attempts
                      FROM several JOIN settlement_attempt USING (request) GROUP BY request),
            compared AS (
                SELECT s.request, s.owners_part, coalesce(p.part, 0) AS part,
                       s.attempts = coalesce(p.attempts, 0) AS complete
                FROM several s LEFT JOIN parts p ON p.request = s.request)
            SELECT coalesce(sum(owners_part), 0), coalesce(sum(part), 0),
                   count(*) FILTER (WHERE owners_part <> part OR NOT complete),
            """ + EXAMPLES.formatted("request::text", "owners_part <> part OR NOT complete") + " FROM compared";

    private static final String FUNDINGS =
            """
            WITH several AS (SELECT request, charge FROM settlement WHERE fundings > 1 AND {new}),
            parts AS (SELECT f.request, sum(f.charge) AS part
                      FROM several JOIN settlement_funding f USING (request) GROUP BY f.request),
            compared AS (
                SELECT s.request, s.charge, coalesce(p.part, 0) AS part
                FROM several s LEFT JOIN parts p ON p.request = s.request)
            SELECT coalesce(sum(charge), 0), coalesce(sum(part), 0), count(*) FILTER (WHERE charge <> part),
            """ + EXAMPLES.formatted("request::text", "charge <> part") + " FROM compared";

    // Of each hold, what requests took that are new.
    private static final String CHARGED = """
            charged AS (
                SELECT hold, charge FROM settlement WHERE fundings = 1 AND charge > 0 AND {new}
                UNION ALL
                SELECT f.hold, f.charge FROM (SELECT request FROM settlement WHERE fundings > 1 AND {new}) s
                JOIN settlement_funding f ON f.request = s.request AND f.charge > 0),
            """;

    // A hold that was closed when the last run agreed takes nothing any more.
    private static final String HOLD_CHARGES =
            "WITH " + CHARGED + """
            taken AS (
                SELECT hold, sum(charge) AS charge
                FROM (SELECT hold, charge FROM charged UNION ALL SELECT hold, charge FROM {hold} AS proven) AS charges
                GROUP BY hold),
            looked_at AS (
                SELECT id, settled FROM hold WHERE kind = 'lease' AND settled > 0 AND (status = 'active' OR {all})
                UNION SELECT id, settled FROM hold WHERE kind = 'lease' AND settled > 0 AND id IN (SELECT hold FROM taken)),
            compared AS (
                SELECT coalesce(h.id, t.hold) AS id, coalesce(h.settled, 0) AS settled, coalesce(t.charge, 0) AS charge
                FROM looked_at h FULL JOIN taken t ON t.hold = h.id)
            SELECT coalesce(sum(charge), 0), coalesce(sum(settled), 0), count(*) FILTER (WHERE settled <> charge),
            """ + EXAMPLES.formatted("id::text", "settled <> charge") + " FROM compared";

    // From the charges themselves, and not by way of what holds say of them.
    private static final String CAPS = "WITH " + CHARGED + """
            by_day AS (
                SELECT cap, cap_day, amount - settled - released AS left_in, 0::numeric AS charge
                FROM hold WHERE cap IS NOT NULL AND status = 'active'
                UNION ALL
                SELECT h.cap, h.cap_day, 0, c.charge FROM charged c JOIN hold h ON h.id = c.hold AND h.cap IS NOT NULL
                UNION ALL
                SELECT cap, cap_day, 0, charge FROM {cap} AS proven),
            counted AS (
                SELECT cap, span, begins, sum(left_in) AS held, sum(charge) AS spent
                FROM by_day
                CROSS JOIN LATERAL (VALUES ('total', DATE '1970-01-01'), ('day', cap_day),
                                           ('month', date_trunc('month', cap_day)::date)) AS windows (span, begins)
                GROUP BY cap, span, begins),
            compared AS (
                SELECT cap, span, begins, coalesce(w.held, 0) AS held, coalesce(w.spent, 0) AS spent,
                       coalesce(c.held, 0) AS open, coalesce(c.spent, 0) AS charged
                FROM cap_window w FULL JOIN counted c USING (cap, span, begins))
            SELECT coalesce(sum(open + charged), 0), coalesce(sum(held + spent), 0),
                   count(*) FILTER (WHERE held <> open OR spent <> charged),
            """
            + EXAMPLES.formatted(
                    "cap || ' ' || span || ' ' || begins || ' says ' || spent || ' spent and ' || held || ' held,"
                            + " its requests ' || charged || ' and its holds ' || open",
                    "held <> open OR spent <> charged")
            + " FROM compared";

    private static final String GRANTS = """
            SELECT (SELECT coalesce(sum(amount), 0) FROM credit_grant)
                       - (SELECT coalesce(sum(amount), 0) FROM transfer WHERE type = 'expiry'),
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE code = 'issued:grants'), 0, NULL
            """;

    private static final String LOTS = """
            WITH left_in AS (SELECT account, sum(amount - gone) AS lots FROM credit_grant GROUP BY account),
            open AS (SELECT account, sum(backed) AS backed FROM hold WHERE backed > 0 GROUP BY account),
            compared AS (
                SELECT a.code, a.lots + a.backed AS told, coalesce(l.lots, 0) + coalesce(o.backed, 0) AS found,
                       a.lots <> coalesce(l.lots, 0) OR a.backed <> coalesce(o.backed, 0) AS differs
                FROM account a LEFT JOIN left_in l ON l.account = a.id LEFT JOIN open o ON o.account = a.id)
            SELECT coalesce(sum(found), 0), coalesce(sum(told), 0), count(*) FILTER (WHERE differs),
            """
            + EXAMPLES.formatted("code || ' tells ' || told || ' of grants, they have ' || found", "differs")
            + " FROM compared";

    // Of each lot no more is booked as expired than is gone of it.
    private static final String EXPIRIES = """
            WITH booked AS (SELECT reference, debit, sum(amount) AS amount FROM transfer
                            WHERE type = 'expiry' AND reference IS NOT NULL GROUP BY reference, debit),
            compared AS (
                SELECT b.reference, b.amount, g.gone IS NULL OR g.gone < b.amount OR g.account <> b.debit AS differs
                FROM booked b LEFT JOIN credit_grant g ON g.transfer = b.reference)
            SELECT 0, 0, count(*) FILTER (WHERE differs),
            """ + EXAMPLES.formatted("reference::text", "differs") + " FROM compared";

    private static final String RECHARGES = """
            SELECT (SELECT coalesce(sum(credits), 0) FROM recharge)
                       + (SELECT coalesce(sum(credits - clawed), 0) FROM payment),
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE code = 'issued:recharges'), 0, NULL
            """;

    private static final String CONSUMPTIONS =
            """
            WITH booked AS (
                SELECT id, account, amount FROM consumption
                UNION ALL
                SELECT r.transfer, c.account, -r.amount
                FROM consumption_refund r LEFT JOIN consumption c ON c.id = r.consumption),
            moved AS (
                SELECT id, CASE type WHEN 'consume' THEN debit ELSE credit END AS account,
                       CASE type WHEN 'consume' THEN amount ELSE -amount END AS amount
                FROM transfer WHERE type IN ('consume', 'consume_refund')),
            compared AS (
                SELECT coalesce(b.id, m.id) AS id, coalesce(b.amount, 0) AS booked, coalesce(m.amount, 0) AS moved,
                       coalesce(b.account, 0) = coalesce(m.account, 0) AS same_person
                FROM booked b FULL JOIN moved m ON m.id = b.id)
            SELECT coalesce(sum(booked), 0), (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'consumed'),
                   count(*) FILTER (WHERE booked <> moved OR NOT same_person),
            """ + EXAMPLES.formatted("id::text", "booked <> moved OR NOT same_person") + " FROM compared";
    private static final String PAID_ORDERS =
            """
            WITH compared AS (
                SELECT coalesce(o.id, p.payment_order) AS id, coalesce(o.credits, 0) AS promised,
                       coalesce(p.credits, 0) AS booked
                FROM (SELECT id, credits FROM payment_order WHERE state = 'paid') o
                FULL JOIN (SELECT payment_order, credits FROM payment WHERE standing = 'booked') p
                    ON p.payment_order = o.id)
            SELECT coalesce(sum(promised), 0), coalesce(sum(booked), 0), count(*) FILTER (WHERE promised <> booked),
            """ + EXAMPLES.formatted("id::text", "promised <> booked") + " FROM compared";

    private static final String CLAWS = """
            WITH taken AS (
                SELECT payment, sum(CASE type WHEN 'recharge_restored' THEN -credits ELSE credits END) AS credits
                FROM payment_claw GROUP BY payment),
            compared AS (
                SELECT p.id, p.clawed, coalesce(t.credits, 0) AS taken
                FROM (SELECT id, clawed FROM payment) p LEFT JOIN taken t ON t.payment = p.id)
            SELECT coalesce(sum(taken), 0), coalesce(sum(clawed), 0), count(*) FILTER (WHERE taken <> clawed),
            """ + EXAMPLES.formatted("id::text", "taken <> clawed") + " FROM compared";

    private static final String DEBTS = """
            SELECT (SELECT coalesce(sum(to_debt), 0) FROM payment_claw)
                       - (SELECT coalesce(sum(amount), 0) FROM transfer WHERE type = 'debt_settlement'),
                   (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'debt'), 0, NULL
            """;

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
        all.put("settlements_share_out_what_was_paid", SPLITS);
        all.put("one_settlement_per_request", ONCE);
        all.put("charges_are_transfers", CHARGES);
        all.put("losses_are_platform_loss", LOSSES);
        all.put("owners_parts_are_accruals", OWNERS);
        all.put("platform_parts_are_revenue", PLATFORM);
        all.put("attempts_add_up_to_owners_parts", ATTEMPTS);
        all.put("fundings_add_up_to_charges", FUNDINGS);
        all.put("holds_settled_what_requests_took", HOLD_CHARGES);
        all.putAll(HoldProofs.ALL);
        all.put("caps_count_charges_and_open_holds", CAPS);
        all.put("issued_grants_are_grants", GRANTS);
        all.put("lots_are_what_accounts_tell", LOTS);
        all.put("no_more_expired_than_was_given", EXPIRIES);
        all.put("issued_recharges_are_recharges", RECHARGES);
        all.put("consumed_is_what_applications_took", CONSUMPTIONS);
        all.put("paid_orders_are_booked_payments", PAID_ORDERS);
        all.put("claws_are_what_payments_lost", CLAWS);
        all.put("debts_are_claws_that_are_not_settled", DEBTS);
        return Collections.unmodifiableMap(all);
    }

    private Proofs() {}
}
