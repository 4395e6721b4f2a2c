package io.quotabank.ledger.packages;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.text.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** What can be bought. A change is for orders to come: an order has its own copy of the terms. */
@Service
public class CreditPackages {

    /**
     * @param amountFen the price in hundredths of a yuan, 1 to 100,000,000
     * @param credits what it buys, bonus included
     * @param active whether it is offered; of one price, one package is
     */
    public record CreditPackage(UUID id, String name, long amountFen, Credits credits, Credits bonus, boolean active) {

        private static final long MOST_FEN = 100_000_000;
        private static final Credits MOST_CREDITS = Credits.of(100_000_000);
        private static final int LONGEST_NAME = 100;

        public CreditPackage {
            Text.required("name", name, LONGEST_NAME);
            if (amountFen < 1 || amountFen > MOST_FEN) {
                throw new IllegalArgumentException("amount is 1 to " + MOST_FEN + " fen");
            }
            if (credits.compareTo(MOST_CREDITS) > 0 || bonus.compareTo(credits) >= 0) {
                throw new IllegalArgumentException(
                        "credits are above their bonus, which they include, and at most " + MOST_CREDITS);
            }
        }
    }

    /** How changing a package ends. */
    sealed interface Change {

        /** As it is now, by this request or by the first one with its key. */
        record Made(CreditPackage now) implements Change {}

        /** Another one of the same price is offered. */
        record SamePrice() implements Change {}
    }

    private static final String COLUMNS = "SELECT id, name, amount_fen, credits, bonus, active FROM credit_package";

    private static final String PUT = """
            INSERT INTO credit_package (id, name, amount_fen, credits, bonus, active, actor)
            VALUES (:id, :name, :fen, :credits, :bonus, :active, :actor)
            ON CONFLICT (id) DO UPDATE SET name = :name, amount_fen = :fen, credits = :credits, bonus = :bonus,
                active = :active, actor = :actor, changed_at = now()
            """;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Idempotency idempotency;

    CreditPackages(JdbcClient jdbc, PlatformTransactionManager transactions, Idempotency idempotency) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.idempotency = idempotency;
    }

    /** By price. */
    List<CreditPackage> all(boolean alsoInactive) {
        return jdbc.sql(COLUMNS + " WHERE active OR ? ORDER BY amount_fen, id")
                .param(alsoInactive)
                .query((row, index) -> read(row))
                .list();
    }

    public Optional<CreditPackage> active(UUID id) {
        return jdbc.sql(COLUMNS + " WHERE id = ? AND active")
                .param(id)
                .query((row, index) -> read(row))
                .optional();
    }

    public Optional<CreditPackage> activeOfPrice(long amountFen) {
        return jdbc.sql(COLUMNS + " WHERE amount_fen = ? AND active")
                .param(amountFen)
                .query((row, index) -> read(row))
                .optional();
    }

    /**
     * Makes or changes a package.
     *
     * @param key the caller's idempotency key, if there is one
     */
    Outcome<Change> put(CreditPackage changed, String actor, @Nullable String key) {
        var digest = Idempotency.digest("package|" + changed);
        return Objects.requireNonNull(transaction.execute(status -> idempotency.once(
                actor, key, digest, Change.Made.class, () -> new Outcome.Done<>(put(changed, actor, status)))));
    }

    private Change put(CreditPackage changed, String actor, TransactionStatus status) {
        try {
            jdbc.sql(PUT)
                    .param("id", changed.id())
                    .param("name", changed.name())
                    .param("fen", changed.amountFen())
                    .param("credits", changed.credits().micro())
                    .param("bonus", changed.bonus().micro())
                    .param("active", changed.active())
                    .param("actor", actor)
                    .update();
            return new Change.Made(changed);
        } catch (DuplicateKeyException samePrice) {
            status.setRollbackOnly();
            return new Change.SamePrice();
        }
    }

    private static CreditPackage read(ResultSet row) throws SQLException {
        return new CreditPackage(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getLong(3),
                new Credits(row.getLong(4)),
                new Credits(row.getLong(5)),
                row.getBoolean(6));
    }
}
