package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.payment.Payment.Standing;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.transfer.TransferType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of payments, and of credits that were taken back. */
@Repository
class PaymentStore {

    private static final int LOCK_DIGITS = 16;

    private static final String COLUMNS = """
            id, provider, provider_txn, payment_order, account, debt, amount_fen, currency, standing, credits, clawed_fen,
            clawed""";

    private static final String INSERT = """
            INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency, standing,
                credits)
            VALUES (:id, :provider, :transaction, :order, :account, :debt, :fen, :currency, :standing, :credits)
            """;

    private static final String CLAW = """
            INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt)
            VALUES (:id, :payment, :type, :credits, :balance, :debt)
            """;

    private final JdbcClient jdbc;

    PaymentStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All that is done about one of a provider's transactions is done one after the other, whether it has a row or not. */
    void oneAtATime(PaymentProvider.Name provider, String transaction) {
        var digits = Idempotency.digest("payment:" + provider.wire() + ":" + transaction)
                .substring(0, LOCK_DIGITS);
        jdbc.sql("SELECT pg_advisory_xact_lock(?)")
                .param(Long.parseUnsignedLong(digits, 16))
                .query((row, index) -> true)
                .single();
    }

    Optional<Payment> find(PaymentProvider.Name provider, String transaction) {
        return jdbc.sql("SELECT %s FROM payment WHERE provider = ? AND provider_txn = ?".formatted(COLUMNS))
                .params(provider.wire(), transaction)
                .query((row, index) -> read(row))
                .optional();
    }

    List<Payment> of(UUID order) {
        return jdbc.sql("SELECT %s FROM payment WHERE payment_order = ? ORDER BY id".formatted(COLUMNS))
                .param(order)
                .query((row, index) -> read(row))
                .list();
    }

    /** The database refuses a second row of a transaction, and a second booking of an order. */
    void insert(Payment payment) {
        jdbc.sql(INSERT)
                .param("id", payment.id())
                .param("provider", payment.provider().wire())
                .param("transaction", payment.transaction())
                .param("order", payment.order())
                .param("account", payment.account().value())
                .param("debt", payment.debt().value())
                .param("fen", payment.amountFen())
                .param("currency", payment.currency())
                .param("standing", payment.standing().wire())
                .param("credits", payment.credits().micro())
                .update();
    }

    void clawed(UUID payment, long fen, Credits credits) {
        jdbc.sql("UPDATE payment SET clawed_fen = ?, clawed = ? WHERE id = ?")
                .params(fen, credits.micro(), payment)
                .update();
    }

    void claw(UUID id, UUID payment, TransferType type, Credits fromBalance, Credits toDebt) {
        jdbc.sql(CLAW)
                .param("id", id)
                .param("payment", payment)
                .param("type", type.wire())
                .param("credits", fromBalance.plus(toDebt).micro())
                .param("balance", fromBalance.micro())
                .param("debt", toDebt.micro())
                .update();
    }

    private static Payment read(ResultSet row) throws SQLException {
        return new Payment(
                row.getObject(1, UUID.class),
                PaymentProvider.Name.of(row.getString(2)),
                row.getString(3),
                row.getObject(4, UUID.class),
                new AccountId(row.getLong(5)),
                new AccountId(row.getLong(6)),
                row.getLong(7),
                row.getString(8),
                Standing.valueOf(row.getString(9).toUpperCase(Locale.ROOT)),
                new Credits(row.getLong(10)),
                row.getLong(11),
                new Credits(row.getLong(12)));
    }
}
