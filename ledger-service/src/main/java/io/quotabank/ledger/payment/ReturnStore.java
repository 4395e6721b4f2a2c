package io.quotabank.ledger.payment;

import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What is known of money that went back: refunds and disputes, by their own keys. What is known only grows: a late
 * message of an earlier state changes nothing, so that messages may come in any order.
 */
@Repository
class ReturnStore {

    /**
     * A refund of ours that has no end yet.
     *
     * @param told whether the provider knows it, so that it is looked at and not asked for
     */
    record Due(
            PaymentProvider.Name provider,
            String key,
            String transaction,
            long amountFen,
            @Nullable String reason,
            boolean told) {}

    /** A refund as people see it. */
    record Made(String key, long amountFen, RefundState state) {}

    private static final String REQUEST = """
            INSERT INTO payment_refund (provider, refund_key, provider_txn, amount_fen, cumulative, state, actor, reason,
                next_try_at)
            VALUES (:provider, :key, :transaction, :fen, false, 'requested', :actor, :reason, :next)
            ON CONFLICT (provider, refund_key) DO NOTHING
            """;

    // A failed one stays failed, and one that succeeded can still fail; a sum only grows. One that was refused and is
    // told of is there after all. One of ours without an end is looked at again; of others we only hear.
    private static final String TOLD = """
            INSERT INTO payment_refund (provider, refund_key, provider_txn, amount_fen, cumulative, state, actor, told)
            VALUES (:provider, :key, :transaction, :fen, :cumulative, :state, 'provider:' || :provider, true)
            ON CONFLICT (provider, refund_key) DO UPDATE SET
                state = CASE WHEN payment_refund.refused THEN EXCLUDED.state
                        WHEN payment_refund.state = 'failed' OR EXCLUDED.state = 'requested' THEN payment_refund.state
                        ELSE EXCLUDED.state END,
                refused = false,
                told = true,
                amount_fen = CASE WHEN payment_refund.cumulative
                        THEN greatest(payment_refund.amount_fen, EXCLUDED.amount_fen) ELSE payment_refund.amount_fen END,
                next_try_at = CASE WHEN EXCLUDED.state = 'requested'
                            AND (payment_refund.refused OR payment_refund.state = 'requested')
                            AND payment_refund.actor <> EXCLUDED.actor
                        THEN CAST(:later AS timestamptz) END
            WHERE payment_refund.provider_txn = EXCLUDED.provider_txn
            """;

    // Only while its provider has told nothing of it.
    private static final String REFUSED = """
            UPDATE payment_refund SET state = 'failed', refused = true, next_try_at = NULL
            WHERE provider = ? AND refund_key = ? AND state = 'requested' AND next_try_at IS NOT NULL AND NOT told
            """;

    private static final String DISPUTED = """
            INSERT INTO payment_dispute (provider, dispute_key, provider_txn, amount_fen, state)
            VALUES (:provider, :key, :transaction, :fen, :state)
            ON CONFLICT (provider, dispute_key) DO UPDATE SET state = EXCLUDED.state
            WHERE payment_dispute.state = 'open' AND payment_dispute.provider_txn = EXCLUDED.provider_txn
            """;

    // A provider that tells sums tells those of our own refunds in them.
    private static final String REFUNDED = """
            SELECT greatest(coalesce(sum(amount_fen) FILTER (WHERE NOT cumulative AND state <> 'failed'), 0),
                            coalesce(max(amount_fen) FILTER (WHERE cumulative), 0))
            FROM payment_refund WHERE provider = ? AND provider_txn = ?
            """;

    private static final String IN_DISPUTE = """
            SELECT coalesce(sum(amount_fen), 0) FROM payment_dispute
            WHERE provider = ? AND provider_txn = ? AND state <> 'won'
            """;

    // Those that nobody looks at were told of to a process of the release before.
    private static final String DUE = """
            UPDATE payment_refund SET told = told OR next_try_at IS NULL,
                next_try_at = CASE WHEN told OR next_try_at IS NULL
                    THEN CAST(:look AS timestamptz) ELSE CAST(:ask AS timestamptz) END
            WHERE (provider, refund_key) IN (
                SELECT provider, refund_key FROM payment_refund
                WHERE state = 'requested' AND actor NOT LIKE 'provider:%'
                    AND (next_try_at <= :now OR next_try_at IS NULL)
                ORDER BY next_try_at LIMIT :batch FOR UPDATE SKIP LOCKED)
            RETURNING provider, refund_key, provider_txn, amount_fen, reason, told
            """;

    private static final String WITHOUT_END = """
            SELECT provider, refund_key, provider_txn, amount_fen, reason, told OR next_try_at IS NULL
            FROM payment_refund WHERE provider = ? AND refund_key = ? AND state = 'requested'
            """;

    private final JdbcClient jdbc;

    ReturnStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void request(
            PaymentProvider.Name provider,
            String key,
            String transaction,
            long fen,
            String actor,
            String reason,
            Instant next) {
        jdbc.sql(REQUEST)
                .param("provider", provider.wire())
                .param("key", key)
                .param("transaction", transaction)
                .param("fen", fen)
                .param("actor", actor)
                .param("reason", reason)
                .param("next", Timestamp.from(next))
                .update();
    }

    /** @param later when it is looked at if it is one of ours and has no end */
    void told(PaymentProvider.Name provider, Event.Refunded refund, Instant later) {
        jdbc.sql(TOLD)
                .param("provider", provider.wire())
                .param("key", refund.key())
                .param("transaction", refund.transaction())
                .param("fen", refund.amountFen())
                .param("cumulative", refund.cumulative())
                .param("state", refund.state().wire())
                .param("later", Timestamp.from(later))
                .update();
    }

    /** False where its provider knows it. */
    boolean refused(PaymentProvider.Name provider, String key) {
        return jdbc.sql(REFUSED).params(provider.wire(), key).update() == 1;
    }

    void told(PaymentProvider.Name provider, Event.Disputed dispute) {
        jdbc.sql(DISPUTED)
                .param("provider", provider.wire())
                .param("key", dispute.key())
                .param("transaction", dispute.transaction())
                .param("fen", dispute.amountFen())
                .param("state", dispute.state().wire())
                .update();
    }

    /** How much of a payment went back, or is on its way, by refunds. */
    long refundedFen(PaymentProvider.Name provider, String transaction) {
        return number(REFUNDED, provider, transaction);
    }

    /** How much of a payment is in dispute, or was lost in one. */
    long disputedFen(PaymentProvider.Name provider, String transaction) {
        return number(IN_DISPUTE, provider, transaction);
    }

    Optional<Made> find(PaymentProvider.Name provider, String key) {
        return jdbc.sql(
                        "SELECT refund_key, amount_fen, state FROM payment_refund WHERE provider = ? AND refund_key = ?")
                .params(provider.wire(), key)
                .query((row, index) -> new Made(row.getString(1), row.getLong(2), RefundState.of(row.getString(3))))
                .optional();
    }

    /** The refund of this key, while it has no end. */
    Optional<Due> due(PaymentProvider.Name provider, String key) {
        return jdbc.sql(WITHOUT_END)
                .params(provider.wire(), key)
                .query((row, index) -> read(row))
                .optional();
    }

    /**
     * Refunds to be asked for or looked at; nobody else gets them until it is time again.
     *
     * @param askAgain until one that its provider has told nothing of is due again
     * @param lookAgain the same of one that it knows
     */
    List<Due> due(Instant now, Duration askAgain, Duration lookAgain, int batch) {
        return jdbc.sql(DUE)
                .param("now", Timestamp.from(now))
                .param("ask", Timestamp.from(now.plus(askAgain)))
                .param("look", Timestamp.from(now.plus(lookAgain)))
                .param("batch", batch)
                .query((row, index) -> read(row))
                .list();
    }

    private static Due read(ResultSet row) throws SQLException {
        return new Due(
                PaymentProvider.Name.of(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                row.getBoolean(6));
    }

    private long number(String sql, PaymentProvider.Name provider, String transaction) {
        return jdbc.sql(sql)
                .params(provider.wire(), transaction)
                .query(Long.class)
                .single();
    }
}
