package io.quotabank.ledger.reconciliation;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The snapshot up to which the books were proven, whose sums are kept: what it has is not read again. A transaction is in
 * it where its number is below {@code before} and not among {@code running}.
 *
 * @param block the newest block of the seal that was computed anew by then; -1 for none
 * @param eventsAt when the last run began whose comparison with the usage events agreed
 */
record ProvenPoint(long before, List<Long> running, long block, Instant eventsAt) {

    /** Before everything. */
    static final ProvenPoint NONE = new ProvenPoint(0, List.of(), -1, Instant.EPOCH);

    // In full there is what detached months had, and no entry to go on from but their last ones.
    private static final Map<String, String> IN_FULL = Map.ofEntries(
            Map.entry("{new}", "TRUE"),
            Map.entry("{all}", "TRUE"),
            Map.entry("{account}", """
                (SELECT account, sum(posted)::bigint AS posted, sum(debited)::bigint AS debited, sum(seq)::bigint AS seq
                 FROM opening_account GROUP BY account)"""),
            Map.entry("{before}", "(SELECT * FROM proof_account WHERE FALSE)"),
            Map.entry("{edge}", "opening_edge"),
            Map.entry("{hold}", "opening_hold"),
            Map.entry("{cap}", "opening_cap"),
            Map.entry("{sale}", "opening_sale"),
            Map.entry("{lot}", "opening_lot"),
            Map.entry("{sum}", "opening_sum"),
            Map.entry("{attached}", """
                NOT EXISTS (SELECT FROM detached_month d WHERE transfer >= d.low AND transfer < d.high)"""));

    private static final Map<String, String> SINCE = Map.of(
            "{all}", "FALSE",
            "{account}", "proof_account",
            "{before}", "proof_account",
            "{edge}", "(SELECT * FROM opening_edge WHERE FALSE)",
            "{hold}", "proof_hold",
            "{cap}", "proof_cap",
            "{sale}", "(SELECT * FROM opening_sale WHERE FALSE)",
            "{lot}", "(SELECT * FROM opening_lot WHERE FALSE)",
            "{sum}", "proof_sum",
            // Only what was proven is ever taken out.
            "{attached}", "TRUE");

    ProvenPoint {
        running = List.copyOf(running);
    }

    boolean isNone() {
        return equals(NONE);
    }

    /** SQL of a proof in which the rows since this point, and the sums up to it, are named. */
    String fill(String template) {
        var sql = isNone() ? template : template.replace("{new}", condition());
        for (var name : (isNone() ? IN_FULL : SINCE).entrySet()) {
            sql = sql.replace(name.getKey(), name.getValue());
        }
        return sql;
    }

    // Numbers as they are, so that the database plans by them.
    private String condition() {
        var numbers = Arrays.toString(running.toArray()).replace('[', '{').replace(']', '}');
        return "(xact >= " + before + " OR xact = ANY ('" + numbers + "'::bigint[]))";
    }
}
