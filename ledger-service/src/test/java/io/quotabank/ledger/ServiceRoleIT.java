package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rights of the service's own database role over all tables that there are, by the database's word. */
class ServiceRoleIT {

    private static final Ledger LEDGER = Ledger.shared();

    /** Within these, constraints hold: {@link DatabaseRulesIT}. */
    @Test
    void theServiceRoleChangesTheseColumnsAndNoOthers() throws SQLException {
        assertThat(columnsThatServiceMay("UPDATE"))
                .containsExactlyInAnyOrder(
                        "account.backed account.debited account.held account.lapsed account.lots account.next_expiry"
                                + " account.pledged account.posted account.seq account.spread",
                        "cap.daily cap.monthly cap.total cap.version",
                        "cap_window.granted_under cap_window.held cap_window.spent",
                        "credit_grant.claimed credit_grant.ended credit_grant.gone credit_grant.returned"
                                + " credit_grant.revoked",
                        "credit_package.active credit_package.actor credit_package.amount_fen credit_package.bonus"
                                + " credit_package.changed_at credit_package.credits credit_package.name",
                        "entry_position.cut",
                        "hold.amount hold.backed hold.expires_at hold.in_flight_told hold.last hold.released hold.settled"
                                + " hold.settled_late hold.spent_told hold.statement_seq hold.status",
                        "payment.clawed payment.clawed_fen",
                        "payment_dispute.state",
                        "payment_order.asked_until payment_order.code_url payment_order.next_look_at"
                                + " payment_order.paid_at payment_order.pay_url payment_order.reference payment_order.state",
                        "payment_refund.amount_fen payment_refund.next_try_at payment_refund.refused"
                                + " payment_refund.state payment_refund.told",
                        "reconciliation_turn.started_at",
                        "redemption_tries.since redemption_tries.tries",
                        "uptime.ms");
    }

    @Test
    void theServiceRoleWritesNoNumberOfATransaction() throws SQLException {
        assertThat(strings("SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                        + " WHERE a.attname = 'xact' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"))
                .contains("transfer", "consumption", "consumption_refund", "hold_settlement", "credit_grant", "payment")
                .allSatisfy(table -> {
                    assertThat(strings("SELECT 'may' WHERE has_column_privilege('" + table + "', 'xact', 'INSERT')"
                                    + " OR has_column_privilege('" + table + "', 'xact', 'UPDATE')"))
                            .as(table)
                            .isEmpty();
                });
    }

    /** Holds that were active when the books were last proven, and the outbox, are all that it forgets. */
    @Test
    void theServiceRoleDeletesNothingThatIsOfTheBooks() throws SQLException {
        assertThat(strings("SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
                        + " AND c.relnamespace = 'public'::regnamespace"
                        + " AND (has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')"
                        + " OR has_table_privilege(c.oid, 'TRIGGER') OR pg_has_role(c.relowner, 'MEMBER'))"))
                .containsExactlyInAnyOrder("event_publication", "proof_hold");
    }

    /** A line for each table; not of what only tells how far the books were proven, nor of the outbox. */
    private static List<String> columnsThatServiceMay(String privilege) throws SQLException {
        return strings("SELECT string_agg(c.relname || '.' || a.attname, ' ' ORDER BY a.attname)"
                + " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
                + " WHERE c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition"
                + " AND c.relnamespace = 'public'::regnamespace"
                + " AND c.relname NOT LIKE 'proof\\_%' AND c.relname <> 'event_publication'"
                + " AND has_column_privilege(c.oid, a.attnum, '" + privilege + "') GROUP BY c.relname");
    }

    /** Asked by the service's role, for itself. */
    private static List<String> strings(String sql) throws SQLException {
        try (var connection = LEDGER.database().connect(LEDGER.database().service());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
