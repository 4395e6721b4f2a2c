package io.quotabank.ledger.reconciliation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is proved of settled requests, as {@link Proofs} does of all else. */
final class UsageProofs {

    private static final String SPLITS =
            "SELECT coalesce(sum(charge + loss), 0), coalesce(sum(owners_part + platform_part), 0),"
                    + " count(*) FILTER (WHERE charge + loss <> owners_part + platform_part), "
                    + Proofs.EXAMPLES.formatted("request::text", "charge + loss <> owners_part + platform_part")
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
            """ + Proofs.EXAMPLES.formatted("request::text", "charge <> amount OR NOT same_buyer") + " FROM compared";

    private static final String LOSSES = """
            SELECT {sum:loss}, (SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'platform_loss'), 0, NULL
            """;

    private static final String OWNERS = "SELECT {sum:owners_part}, {sum:accrued}, 0, NULL";

    private static final String PLATFORM = """
            SELECT {sum:platform_part} + {sum:hold_platform_part},
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
            """ + Proofs.EXAMPLES.formatted("request::text", "owners_part <> part OR NOT complete") + " FROM compared";

    private static final String FUNDINGS =
            """
            WITH several AS (SELECT request, charge FROM settlement WHERE fundings > 1 AND {new}),
            parts AS (SELECT f.request, sum(f.charge) AS part
                      FROM several JOIN settlement_funding f USING (request) GROUP BY f.request),
            compared AS (
                SELECT s.request, s.charge, coalesce(p.part, 0) AS part
                FROM several s LEFT JOIN parts p ON p.request = s.request)
            SELECT coalesce(sum(charge), 0), coalesce(sum(part), 0), count(*) FILTER (WHERE charge <> part),
            """ + Proofs.EXAMPLES.formatted("request::text", "charge <> part") + " FROM compared";

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
            """ + Proofs.EXAMPLES.formatted("id::text", "settled <> charge") + " FROM compared";

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
            + Proofs.EXAMPLES.formatted(
                    "cap || ' ' || span || ' ' || begins || ' says ' || spent || ' spent and ' || held || ' held,"
                            + " its requests ' || charged || ' and its holds ' || open",
                    "held <> open OR spent <> charged")
            + " FROM compared";

    /** By name, in the order in which they are told. */
    static final Map<String, String> ALL = all();

    /** Proved after what holds of applications gave. */
    static final Map<String, String> OF_CAPS = Map.of("caps_count_charges_and_open_holds", CAPS);

    private static Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        all.put("settlements_share_out_what_was_paid", SPLITS);
        all.put("one_settlement_per_request", ONCE);
        all.put("charges_are_transfers", CHARGES);
        all.put("losses_are_platform_loss", LOSSES);
        all.put("owners_parts_are_accruals", OWNERS);
        all.put("platform_parts_are_revenue", PLATFORM);
        all.put("attempts_add_up_to_owners_parts", ATTEMPTS);
        all.put("fundings_add_up_to_charges", FUNDINGS);
        all.put("holds_settled_what_requests_took", HOLD_CHARGES);
        return Collections.unmodifiableMap(all);
    }

    private UsageProofs() {}
}
