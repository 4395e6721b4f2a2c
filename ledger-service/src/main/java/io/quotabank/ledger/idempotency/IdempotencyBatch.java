package io.quotabank.ledger.idempotency;

import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The same as {@link Idempotency} for requests that share a transaction, with as many statements as for one. */
@Service
public class IdempotencyBatch {

    /** A key with its caller. */
    private record Named(String caller, String key) {}

    private record Kept(Claim claim, String key, String answer) {}

    private record First(String digest, String answer) {}

    /** What the database said of the keys. */
    private record Found(Set<Named> lockedElsewhere, Map<Named, First> first) {}

    // Two statements for the reason that Idempotency's have. The newest answer under a key comes last.
    private static final String LOCK_AND_FIND = """
            SELECT pg_try_advisory_xact_lock(lock) FROM unnest(?::bigint[]) WITH ORDINALITY AS x (lock, place)
            ORDER BY place;
            SELECT x.place, encode(k.body_digest, 'hex'), k.answer
            FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS x (caller, key, place)
            JOIN idempotency_key k ON k.caller = x.caller AND k.key = x.key
            WHERE k.created_at > now() - interval '7 days' AND k.created_at < now() + interval '1 day'
            ORDER BY k.created_at
            """;

    private static final String KEEP = """
            INSERT INTO idempotency_key (caller, key, body_digest, answer)
            SELECT caller, key, decode(digest, 'hex'), answer::jsonb
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS x (caller, key, digest, answer)
            """;

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    IdempotencyBatch(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Does the work of those that have no answer yet and whose keys are this transaction's until it ends, and keeps what is
     * answered then; the others get what is known by their keys. Of two with the same key among them the second hears that
     * the first is at work.
     *
     * @param type of the answers that are kept; others, such as refusals, are given and forgotten
     * @param work of one or more; those that it puts off are as if they had not been asked
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <A, T> void once(
            List<Turn<A, Outcome<T>>> turns,
            Function<? super A, Claim> claims,
            Class<? extends T> type,
            Consumer<List<Turn<A, Outcome<T>>>> work) {
        var fresh = fresh(turns, claims, type);
        if (!fresh.isEmpty()) {
            work.accept(fresh);
            keep(fresh, claims, type);
        }
    }

    private <A, T> List<Turn<A, Outcome<T>>> fresh(
            List<Turn<A, Outcome<T>>> turns, Function<? super A, Claim> claims, Class<? extends T> type) {
        var open = turns.stream().filter(turn -> turn.answer() == null).toList();
        var found = find(open.stream()
                .flatMap(turn -> names(claims.apply(turn.asked())).stream())
                .distinct()
                .toList());
        var takenHere = new HashSet<Named>();
        return open.stream()
                .filter(turn -> {
                    Optional<Outcome<T>> known = known(claims.apply(turn.asked()), found, takenHere, type);
                    known.ifPresent(turn::answer);
                    return known.isEmpty();
                })
                .toList();
    }

    private <A, T> void keep(
            List<Turn<A, Outcome<T>>> turns, Function<? super A, Claim> claims, Class<? extends T> type) {
        var kept = new ArrayList<Kept>();
        for (var turn : turns) {
            var claim = claims.apply(turn.asked());
            if (!claim.keys().isEmpty()
                    && turn.answer() instanceof Outcome.Done<T>(T answer)
                    && type.isInstance(answer)) {
                var text = json.writeValueAsString(answer);
                claim.keys().forEach(key -> kept.add(new Kept(claim, key, text)));
            }
        }
        if (!kept.isEmpty()) {
            jdbc.update(
                    KEEP,
                    statement -> new Columns(statement)
                            .texts(kept, each -> each.claim().caller())
                            .texts(kept, Kept::key)
                            .texts(kept, each -> each.claim().bodyDigest())
                            .texts(kept, Kept::answer));
        }
    }

    private <T> Optional<Outcome<T>> known(Claim claim, Found found, Set<Named> takenHere, Class<? extends T> type) {
        var names = names(claim);
        for (var name : names) {
            var first = found.first().get(name);
            if (found.lockedElsewhere().contains(name) || takenHere.contains(name)) {
                return Optional.of(new Outcome.InFlight<>());
            }
            if (first != null) {
                return Optional.of(
                        first.digest().equals(claim.bodyDigest())
                                ? new Outcome.Done<>(json.readValue(first.answer(), type))
                                : new Outcome.Reused<>());
            }
        }
        takenHere.addAll(names);
        return Optional.empty();
    }

    private static List<Named> names(Claim claim) {
        return claim.keys().stream().map(key -> new Named(claim.caller(), key)).toList();
    }

    private Found find(List<Named> names) {
        var found = new Found(new HashSet<>(), new HashMap<>());
        if (!names.isEmpty()) {
            jdbc.execute(LOCK_AND_FIND, (PreparedStatement statement) -> {
                new Columns(statement)
                        .longs(names, name -> Idempotency.lockOf(name.caller(), name.key()))
                        .texts(names, Named::caller)
                        .texts(names, Named::key);
                read(statement, names, found);
                return found;
            });
        }
        return found;
    }

    private static void read(PreparedStatement statement, List<Named> names, Found found) throws SQLException {
        statement.execute();
        try (var locks = statement.getResultSet()) {
            for (var name : names) {
                locks.next();
                if (!locks.getBoolean(1)) {
                    found.lockedElsewhere().add(name);
                }
            }
        }
        statement.getMoreResults();
        try (var rows = statement.getResultSet()) {
            while (rows.next()) {
                found.first().put(names.get(rows.getInt(1) - 1), new First(rows.getString(2), rows.getString(3)));
            }
        }
    }
}
