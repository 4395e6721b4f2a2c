package io.quotabank.ledger.reconciliation;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Sums over rows that only come. Each is what was kept of it when the books were last proven, and what has come since; in
 * full, what detached months had of it, and what is there.
 */
final class Sums {

    // By name: amounts of rows that are new.
    private static final Map<String, String> NEW = new TreeMap<>(Map.ofEntries(
            Map.entry("loss", """
                    SELECT loss FROM settlement WHERE {new}
                    UNION ALL SELECT loss FROM settlement_correction WHERE {new}"""),
            Map.entry("owners_part", """
                    SELECT owners_part FROM settlement WHERE {new}
                    UNION ALL SELECT part FROM settlement_correction_part WHERE {new}"""),
            Map.entry("platform_part", "SELECT platform_part FROM settlement WHERE {new}"),
            Map.entry(
                    "accrued",
                    "SELECT amount FROM transfer WHERE type IN ('proxy_accrual', 'proxy_correction') AND {new}"),
            Map.entry("hold_platform_part", "SELECT platform_part FROM hold_settlement WHERE {new}"),
            Map.entry("hold_reserve_part", "SELECT reserve_part FROM hold_settlement WHERE {new}"),
            Map.entry("granted", "SELECT amount FROM credit_grant WHERE {new}"),
            Map.entry("expired", "SELECT amount FROM transfer WHERE type = 'expiry' AND {new}"),
            Map.entry("recharged", "SELECT credits FROM recharge WHERE {new}"),
            Map.entry("paid", "SELECT credits FROM payment WHERE {new}"),
            Map.entry("clawed", """
                    SELECT CASE type WHEN 'recharge_restored' THEN -credits ELSE credits END
                    FROM payment_claw WHERE {new}"""),
            Map.entry("owed", "SELECT to_debt FROM payment_claw WHERE {new}"),
            Map.entry("gifts_owed", "SELECT to_debt FROM grant_claw WHERE {new}"),
            Map.entry("gifts_clawed", """
                    SELECT CASE type WHEN 'restored' THEN -(from_lot + from_balance) ELSE from_balance + to_debt
                           + CASE WHEN transfer IS NULL THEN 0 ELSE from_lot END END
                    FROM grant_claw WHERE {new}"""),
            Map.entry("gifts_restored", "SELECT from_lot FROM grant_claw WHERE type = 'restored' AND {new}"),
            Map.entry("debt_settled", "SELECT amount FROM transfer WHERE type = 'debt_settlement' AND {new}"),
            Map.entry("consumed", "SELECT amount FROM consumption WHERE {new}"),
            Map.entry("refunded_to_lots", "SELECT to_lots FROM consumption_refund WHERE {new}"),
            Map.entry("refunded", "SELECT amount FROM consumption_refund WHERE {new}")));

    /** Keeps each as it is now. */
    static final String KEEP = in("INSERT INTO proof_sum AS kept (name, amount) VALUES "
            + NEW.keySet().stream()
                    .map(name -> "('" + name + "', {sum:" + name + "})")
                    .collect(Collectors.joining(", "))
            + " ON CONFLICT (name) DO UPDATE SET amount = excluded.amount");

    /** SQL with {@code {sum:name}} in it. */
    static String in(String template) {
        var sql = template;
        for (var sum : NEW.entrySet()) {
            sql = sql.replace("{sum:" + sum.getKey() + "}", """
                    (coalesce((SELECT sum(amount) FROM {sum} AS kept WHERE name = '%s'), 0)
                     + coalesce((SELECT sum(amount) FROM (%s) AS added (amount)), 0))""".formatted(sum.getKey(), sum.getValue()));
        }
        return sql;
    }

    private Sums() {}
}
