package io.quotabank.ledger.split;

import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.split.Split.Payee;
import io.quotabank.ledger.split.Split.Share;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The splits there are, each in all its versions: what was settled by one stays explained. */
@Service
public class Splits {

    /** How adding a version ends. */
    sealed interface Addition {

        /** It is the newest one, or was when it was added by the first request with its key. */
        record Added(Split split) implements Addition {}

        /** Its version is not the one that comes next. */
        record Outdated() implements Addition {}
    }

    private static final String FIND = """
            SELECT name, version, payees, basis_points FROM split
            WHERE name = :name AND version = coalesce(:version, (SELECT max(version) FROM split WHERE name = :name))
            """;

    private static final String NEWEST =
            "SELECT DISTINCT ON (name) name, version, payees, basis_points FROM split ORDER BY name, version DESC";

    // The key decides between two that would be the same version.
    private static final String ADD = """
            INSERT INTO split (name, version, payees, basis_points, actor)
            SELECT :name, :version, :payees, :points, :actor
            WHERE :version = 1 + coalesce((SELECT max(version) FROM split WHERE name = :name), 0)
            ON CONFLICT (name, version) DO NOTHING
            """;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Idempotency idempotency;

    Splits(JdbcClient jdbc, PlatformTransactionManager transactions, Idempotency idempotency) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.idempotency = idempotency;
    }

    /** @param version null for the newest */
    public Optional<Split> find(String name, @Nullable Integer version) {
        return jdbc.sql(FIND)
                .param("name", name)
                .param("version", version, Types.INTEGER)
                .query((row, index) -> split(row))
                .optional();
    }

    /** The newest version of each, by name. */
    List<Split> newest() {
        return jdbc.sql(NEWEST).query((row, index) -> split(row)).list();
    }

    /** @param key the caller's idempotency key, if there is one */
    Outcome<Addition> add(Split split, String actor, @Nullable String key) {
        return Objects.requireNonNull(transaction.execute(status -> idempotency.once(
                actor,
                key,
                Idempotency.digest("split|" + split),
                Addition.Added.class,
                () -> new Outcome.Done<>(add(split, actor) ? new Addition.Added(split) : new Addition.Outdated()))));
    }

    private boolean add(Split split, String actor) {
        var shares = split.shares();
        return jdbc.sql(ADD)
                        .param("name", split.name())
                        .param("version", split.version())
                        .param(
                                "payees",
                                shares.stream()
                                        .map(share -> share.payee().wire())
                                        .toArray(String[]::new))
                        .param("points", shares.stream().map(Share::basisPoints).toArray(Integer[]::new))
                        .param("actor", actor)
                        .update()
                == 1;
    }

    private static Split split(ResultSet row) throws SQLException {
        var payees = (String[]) row.getArray(3).getArray();
        var points = (Integer[]) row.getArray(4).getArray();
        return new Split(
                row.getString(1),
                row.getInt(2),
                IntStream.range(0, payees.length)
                        .mapToObj(at -> new Share(Payee.of(payees[at]), points[at]))
                        .toList());
    }
}
