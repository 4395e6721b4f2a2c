package io.quotabank.ledger.idempotency;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
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
    }

    private record Kept(String digest, String answer) {}

    private static final int LONGEST_KEY = 255;
    private static final int LOCK_DIGITS = 16;

    private static final String FIND = """
            SELECT encode(body_digest, 'hex'), answer FROM idempotency_key
            WHERE caller = :caller AND key = :key AND created_at > now() - interval '7 days'
            ORDER BY created_at DESC LIMIT 1
            """;

    private static final String KEEP = """
            INSERT INTO idempotency_key (caller, key, body_digest, answer)
            VALUES (:caller, :key, decode(:digest, 'hex'), CAST(:answer AS jsonb))
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Idempotency(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Does the work unless it was done under this key before.
     *
     * @param caller whose key it is: two callers may use the same
     * @param key up to 255 characters
     * @param type of the answers that are kept; others, such as refusals, are given and forgotten
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <T> Outcome<T> once(
            String caller, String key, String bodyDigest, Class<? extends T> type, Supplier<Outcome<T>> work) {
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw new IllegalArgumentException("an idempotency key has 1 to 255 characters");
        }
        if (!alone("key:" + caller + ":" + key)) {
            return new Outcome.InFlight<>();
        }
        var kept = find(caller, key);
        if (kept.isPresent()) {
            return kept.get().digest().equals(bodyDigest)
                    ? new Outcome.Done<>(json.readValue(kept.get().answer(), type))
                    : new Outcome.Reused<>();
        }
        var outcome = work.get();
        if (outcome instanceof Outcome.Done<T>(T answer) && type.isInstance(answer)) {
            jdbc.sql(KEEP)
                    .param("caller", caller)
                    .param("key", key)
                    .param("digest", bodyDigest)
                    .param("answer", json.writeValueAsString(answer))
                    .update();
        }
        return outcome;
    }

    /** True if nobody else is at work under this name; nobody will be until the transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean alone(String name) {
        return jdbc.sql("SELECT pg_try_advisory_xact_lock(?)")
                .param(Long.parseUnsignedLong(digest(name).substring(0, LOCK_DIGITS), 16))
                .query(Boolean.class)
                .single();
    }

    /** SHA-256 of a text, in hexadecimal. */
    public static String digest(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private Optional<Kept> find(String caller, String key) {
        return jdbc.sql(FIND)
                .param("caller", caller)
                .param("key", key)
                .query((row, index) -> new Kept(row.getString(1), row.getString(2)))
                .optional();
    }
}
