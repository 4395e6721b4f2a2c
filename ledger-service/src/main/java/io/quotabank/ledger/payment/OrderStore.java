package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.payment.PaymentOrder.State;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of orders. */
@Repository
class OrderStore {

    private static final String COLUMNS = """
            id, account, person, provider, package, amount_fen, credits, order_key, encode(terms, 'hex'), state, pay_url,
            code_url, reference, opened_at, closes_at""";

    private static final String INSERT = """
            INSERT INTO payment_order (id, account, person, provider, package, amount_fen, credits, order_key, terms,
                opened_at, closes_at, next_look_at)
            VALUES (:id, :account, :person, :provider, :package, :fen, :credits, :key, decode(:terms, 'hex'), :opened,
                :closes, :look)
            ON CONFLICT (person, order_key) DO NOTHING
            """;

    // Never over what a notification has told meanwhile.
    private static final String OPENED = """
            UPDATE payment_order SET state = CASE state WHEN 'opening' THEN 'pending' ELSE state END,
                pay_url = :pay, code_url = :code, reference = :reference
            WHERE id = :id
            """;

    // Who died while waiting keeps others out for so long only.
    private static final String ASK = """
            UPDATE payment_order SET asked_until = now() + CAST(:longest AS interval)
            WHERE id = :id AND state = 'opening' AND (asked_until IS NULL OR asked_until <= now())
            """;

    // Each look is twice as far from the opening as the one before, at most ten minutes later; one is at the end.
    private static final String DUE = """
            UPDATE payment_order SET next_look_at = CASE
                WHEN closes_at <= CAST(:now AS timestamptz) THEN CAST(:now AS timestamptz) + CAST(:step AS interval)
                ELSE least(closes_at, CAST(:now AS timestamptz)
                    + least(CAST(:now AS timestamptz) - opened_at, interval '10 minutes') + CAST(:step AS interval)) END
            WHERE id IN (
                SELECT id FROM payment_order WHERE state IN ('opening', 'pending') AND next_look_at <= :now
                ORDER BY next_look_at LIMIT :batch FOR UPDATE SKIP LOCKED)
            RETURNING %s
            """.formatted(COLUMNS);

    private final JdbcClient jdbc;

    OrderStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False where the person has an order with this key. */
    boolean insert(PaymentOrder order, Duration lookAfter) {
        return jdbc.sql(INSERT)
                        .param("id", order.id())
                        .param("account", order.account().value())
                        .param("person", order.person())
                        .param("provider", order.provider().wire())
                        .param("package", order.packageId())
                        .param("fen", order.amountFen())
                        .param("credits", order.credits().micro())
                        .param("key", order.key())
                        .param("terms", order.terms())
                        .param("opened", Timestamp.from(order.openedAt()))
                        .param("closes", Timestamp.from(order.closesAt()))
                        .param("look", Timestamp.from(order.openedAt().plus(lookAfter)))
                        .update()
                == 1;
    }

    void opened(UUID order, PaymentProvider.Opened opened) {
        jdbc.sql(OPENED)
                .param("id", order)
                .param("pay", opened.payUrl())
                .param("code", opened.codeUrl())
                .param("reference", opened.reference())
                .update();
    }

    /** False where another request waits for the provider's answer, or the order is open by now. */
    boolean ask(UUID order, Duration longest) {
        return jdbc.sql(ASK)
                        .param("id", order)
                        .param("longest", longest.toMillis() + " ms")
                        .update()
                == 1;
    }

    /** Nobody waits for the provider any more. */
    void asked(UUID order) {
        jdbc.sql("UPDATE payment_order SET asked_until = NULL WHERE id = ?")
                .param(order)
                .update();
    }

    Optional<PaymentOrder> find(UUID id) {
        return one("SELECT %s FROM payment_order WHERE id = ?".formatted(COLUMNS), id);
    }

    Optional<PaymentOrder> find(UUID person, String key) {
        return one("SELECT %s FROM payment_order WHERE person = ? AND order_key = ?".formatted(COLUMNS), person, key);
    }

    /** Until the transaction ends nobody else changes it. */
    PaymentOrder lock(UUID id) {
        return one("SELECT %s FROM payment_order WHERE id = ? FOR UPDATE".formatted(COLUMNS), id)
                .orElseThrow();
    }

    /** Newest first, older than {@code before}. */
    List<PaymentOrder> page(UUID person, @Nullable UUID before, int limit) {
        return jdbc.sql("""
                        SELECT %s FROM payment_order
                        WHERE person = :person AND id < coalesce(:before, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                        ORDER BY id DESC LIMIT :limit""".formatted(COLUMNS))
                .param("person", person)
                .param("before", before)
                .param("limit", limit)
                .query((row, index) -> read(row))
                .list();
    }

    long unpaid(UUID person) {
        return jdbc.sql("SELECT count(*) FROM payment_order WHERE person = ? AND state IN ('opening', 'pending')")
                .param(person)
                .query(Long.class)
                .single();
    }

    void paid(UUID id, Instant at) {
        jdbc.sql("UPDATE payment_order SET state = 'paid', paid_at = ? WHERE id = ?")
                .params(Timestamp.from(at), id)
                .update();
    }

    /** False where it is paid, or closed already. */
    boolean close(UUID id) {
        return jdbc.sql("UPDATE payment_order SET state = 'closed' WHERE id = ? AND state IN ('opening', 'pending')")
                        .param(id)
                        .update()
                == 1;
    }

    /** Orders whose providers are to be asked; nobody else gets them for a while. */
    List<PaymentOrder> due(Instant now, Duration step, int batch) {
        return jdbc.sql(DUE)
                .param("now", Timestamp.from(now))
                .param("step", step.toMillis() + " ms")
                .param("batch", batch)
                .query((row, index) -> read(row))
                .list();
    }

    private Optional<PaymentOrder> one(String sql, Object... values) {
        return jdbc.sql(sql).params(values).query((row, index) -> read(row)).optional();
    }

    private static PaymentOrder read(ResultSet row) throws SQLException {
        return new PaymentOrder(
                row.getObject(1, UUID.class),
                new AccountId(row.getLong(2)),
                row.getObject(3, UUID.class),
                PaymentProvider.Name.of(row.getString(4)),
                row.getObject(5, UUID.class),
                row.getLong(6),
                new Credits(row.getLong(7)),
                row.getString(8),
                row.getString(9),
                State.valueOf(row.getString(10).toUpperCase(Locale.ROOT)),
                row.getString(11),
                row.getString(12),
                row.getString(13),
                row.getTimestamp(14).toInstant(),
                row.getTimestamp(15).toInstant());
    }
}
