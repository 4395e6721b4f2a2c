package io.quotabank.ledger.idempotency;

import io.quotabank.ledger.text.Text;
import io.quotabank.platform.problem.Problems;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Remembers first answers by their callers' keys for seven days, in the transaction that does the work: a key is kept
 * exactly when its work is.
 */
@Service
public class Idempotency {

    /** How a keyed request ends. */
    public sealed interface Outcome<T> {

        /** The first answer, now or again. */
        record Done<T>(T answer) implements Outcome<T> {}

        /** The key came with another body before. */
        record Reused<T>() implements Outcome<T> {}

        /** The first request with this key is still at work. */
        record InFlight<T>() implements Outcome<T> {}

        /** What the caller hears: of an answer what is told of it, or else the problem that there is with the key. */
        default ResponseEntity<?> response(Function<? super T, ResponseEntity<?>> told) {
            return switch (this) {
                case Done<T>(T answer) -> told.apply(answer);
                case Reused<T> reused -> Problems.response("idempotency_key_reused");
                case InFlight<T> inFlight -> Problems.response("request_in_flight");
            };
        }
    }

    /**
     * A request under its keys.
     *
     * @param caller whose keys they are: two callers may use the same
     * @param keys none where the request came without; of up to 255 characters each
     */
    public record Claim(String caller, List<String> keys, String bodyDigest) {

        public Claim {
            keys = List.copyOf(keys);
            keys.forEach(Idempotency::checked);
        }
    }

    private record Kept(String digest, String answer) {}

    private static final int LONGEST_KEY = 255;
    private static final int LOCK_DIGITS = 16;

    private static final String LOCK = "SELECT pg_try_advisory_xact_lock(?)";

    // Sent together, and yet two statements: what is found has to be as it is once the lock is there, and a statement
    // sees what was there when it began. The tables of coming days need not be looked at, but for the next one: a clock
    // that was ahead and is right again leaves keys of the future.
    private static final String LOCK_AND_FIND = LOCK + """
            ;
            SELECT encode(body_digest, 'hex'), answer FROM idempotency_key
            WHERE caller = ? AND key = ? AND created_at > now() - interval '7 days'
              AND created_at < now() + interval '1 day'
            ORDER BY created_at DESC LIMIT 1
            """;

    private static final String KEEP = """
            INSERT INTO idempotency_key (caller, key, body_digest, answer) VALUES (?, ?, decode(?, 'hex'), ?::jsonb)
            """;

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    Idempotency(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Does the work unless it was done under this key before.
     *
     * @param caller whose key it is: two callers may use the same
     * @param key up to 255 characters; null where the request came without: then the work is done
     * @param type of the answers that are kept; others, such as refusals, are given and forgotten
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <T> Outcome<T> once(
            String caller,
            @Nullable String key,
            String bodyDigest,
            Class<? extends T> type,
            Supplier<Outcome<T>> work) {
        if (key == null) {
            return work.get();
        }
        var claim = new Claim(caller, List.of(key), bodyDigest);
        Optional<Outcome<T>> known =
                jdbc.execute(LOCK_AND_FIND, (PreparedStatement statement) -> found(statement, claim, key, type));
        if (known.isPresent()) {
            return known.get();
        }
        var outcome = work.get();
        if (outcome instanceof Outcome.Done<T>(T answer) && type.isInstance(answer)) {
            jdbc.update(KEEP, caller, key, bodyDigest, json.writeValueAsString(answer));
        }
        return outcome;
    }

    /** True if nobody else is at work under this name; nobody will be until the transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean alone(String name) {
        return Boolean.TRUE.equals(jdbc.queryForObject(LOCK, Boolean.class, lockOf(name)));
    }

    /**
     * A key as it came.
     *
     * @throws IllegalArgumentException unless it has 1 to 255 characters
     */
    public static String checked(String key) {
        return Text.required("an idempotency key", key, LONGEST_KEY);
    }

    /** SHA-256 of a text, in hexadecimal. */
    public static String digest(String text) {
        return HexFormat.of().formatHex(sha256(text));
    }

    private <T> Optional<Outcome<T>> found(
            PreparedStatement statement, Claim claim, String key, Class<? extends T> type) throws SQLException {
        statement.setLong(1, lockOf(claim.caller(), key));
        statement.setString(2, claim.caller());
        statement.setString(3, key);
        statement.execute();
        try (var lock = statement.getResultSet()) {
            lock.next();
            if (!lock.getBoolean(1)) {
                return Optional.of(new Outcome.InFlight<>());
            }
        }
        statement.getMoreResults();
        try (var rows = statement.getResultSet()) {
            return rows.next() ? Optional.of(outcome(kept(rows), claim, type)) : Optional.empty();
        }
    }

    private <T> Outcome<T> outcome(Kept kept, Claim claim, Class<? extends T> type) {
        return kept.digest().equals(claim.bodyDigest())
                ? new Outcome.Done<>(json.readValue(kept.answer(), type))
                : new Outcome.Reused<>();
    }

    private static Kept kept(ResultSet row) throws SQLException {
        return new Kept(row.getString(1), row.getString(2));
    }

    static long lockOf(String caller, String key) {
        return lockOf("key:" + caller + ":" + key);
    }

    private static long lockOf(String name) {
        return Long.parseUnsignedLong(digest(name).substring(0, LOCK_DIGITS), 16);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
