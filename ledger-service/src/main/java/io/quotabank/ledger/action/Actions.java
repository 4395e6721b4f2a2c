package io.quotabank.ledger.action;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.lock.Lock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Prices of actions. A price is never changed: the next version takes its place. */
@Service
public class Actions {

    /**
     * What was last read of an action.
     *
     * @param version of the price in force; 0 where the action never had one
     * @param amount null where it has none now
     */
    public record Price(long version, @Nullable Credits amount) {}

    /** @param since when the price came into force */
    record Action(String name, Credits price, long version, Instant since) {}

    private static final Price NEVER = new Price(0, null);

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    private static final int REMEMBERED = 10_000;

    private static final String NEWEST =
            "SELECT version, price FROM priced_action WHERE name = ? ORDER BY version DESC LIMIT 1";

    private static final String ALL = """
            SELECT name, price, version, created_at FROM (
                SELECT DISTINCT ON (name) name, price, version, created_at FROM priced_action
                ORDER BY name, version DESC) AS newest
            WHERE price IS NOT NULL ORDER BY name
            """;

    private static final String ADD = """
            INSERT INTO priced_action (name, version, price, actor)
            SELECT ?::text, coalesce(max(version), 0) + 1, ?::bigint, ?::text FROM priced_action WHERE name = ?
            """;

    private static final String ONE_AT_A_TIME = Lock.ACTIONS.take();

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Idempotency idempotency;
    private final ActionProperties properties;
    private final Cache<String, Price> known =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    Actions(
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            Idempotency idempotency,
            ActionProperties properties) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.idempotency = idempotency;
        this.properties = properties;
    }

    /** As remembered, so perhaps outdated: whoever charges it compares the version once more, where it writes. */
    public Price remembered(String name) {
        var price = known.getIfPresent(name);
        return price != null ? price : current(name);
    }

    /** As it stands, and remembered from now on. */
    public Price current(String name) {
        var price = jdbc.query(NEWEST, (row, index) -> price(row), name).stream()
                .findFirst()
                .orElse(NEVER);
        known.put(name, price);
        return price;
    }

    /** All that have a price, by name. */
    List<Action> all() {
        return jdbc.query(
                ALL,
                (row, index) -> new Action(
                        row.getString(1),
                        new Credits(row.getLong(2)),
                        row.getLong(3),
                        row.getTimestamp(4).toInstant()));
    }

    /**
     * Gives an action a price; the one that it has already makes no version.
     *
     * @param key the caller's idempotency key, if there is one
     */
    Outcome<Action> set(String name, Credits price, String actor, @Nullable String key) {
        check(name);
        if (price.isZero() || price.compareTo(Credits.of(properties.mostCharged())) > 0) {
            throw new IllegalArgumentException("amount is above 0 and at most " + properties.mostCharged());
        }
        return once(actor, key, "set|" + name + "|" + price.micro(), Action.class, () -> set(name, price, actor));
    }

    /** Takes an action's price away. The answer is false where it had none. */
    Outcome<Boolean> withdraw(String name, String actor, @Nullable String key) {
        check(name);
        return once(actor, key, "withdraw|" + name, Boolean.class, () -> {
            boolean had = current(name).amount() != null;
            if (had) {
                jdbc.update(ADD, name, null, actor, name);
            }
            return had;
        });
    }

    private Action set(String name, Credits price, String actor) {
        var now = current(name).amount();
        if (!price.equals(now)) {
            if (now == null && all().size() >= properties.most()) {
                throw new IllegalArgumentException("at most " + properties.most() + " actions have a price");
            }
            jdbc.update(ADD, name, price.micro(), actor, name);
        }
        return find(name).orElseThrow();
    }

    private Optional<Action> find(String name) {
        return all().stream().filter(action -> action.name().equals(name)).findFirst();
    }

    private interface Work<T> {
        T run();
    }

    private <T> Outcome<T> once(String actor, @Nullable String key, String what, Class<T> type, Work<T> work) {
        try {
            var outcome = transaction.execute(status -> {
                jdbc.query(ONE_AT_A_TIME, row -> {});
                return key == null
                        ? new Outcome.Done<T>(work.run())
                        : idempotency.once(
                                actor,
                                key,
                                Idempotency.digest("action|" + what),
                                type,
                                () -> new Outcome.Done<>(work.run()));
            });
            return Objects.requireNonNull(outcome);
        } finally {
            // What was read in the transaction is outdated with its end.
            known.invalidateAll();
        }
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "an action's name has 1 to 64 of a-z, 0-9 and _, and begins with a letter");
        }
    }

    private static Price price(ResultSet row) throws SQLException {
        long version = row.getLong(1);
        long micro = row.getLong(2);
        return new Price(version, row.wasNull() ? null : new Credits(micro));
    }
}
