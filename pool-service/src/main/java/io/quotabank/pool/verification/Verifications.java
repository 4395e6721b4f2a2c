package io.quotabank.pool.verification;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.key.PoolKeys;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Verifications: asked for here, worked off by {@link VerificationJob} on whichever instance is free. */
@Service
public class Verifications {

    /** Why a key is verified. */
    public enum Purpose {
        /** For the first time: every claimed model must be served. */
        DEPOSIT,
        /** A platform key: serves what it can, and is tried until its provider answers. */
        PLATFORM,
        DAILY,
        /** The provider has refused the key in use, or one call after another has failed. */
        DOUBT,
        /** Its owner wants it back in use. */
        RESUME;

        String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How far a verification has come. */
    public enum Status {
        WAITING,
        PASSED,
        FAILED,
        /** No answer could be had. */
        UNREACHABLE,
        /** The key was withdrawn meanwhile. */
        DROPPED;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param checks those that have an answer so far
     * @param note why it waits, where it does
     * @param dueAt when the next try is due, while it waits
     */
    public record Progress(
            Status status,
            int attempts,
            List<Check> checks,
            @Nullable String note,
            Instant dueAt) {
        public Progress {
            checks = List.copyOf(checks);
        }
    }

    /**
     * Published in the transaction that ends a verification.
     *
     * @param decisive the check that decided against the key; null where none did
     */
    public record Finished(
            UUID verificationId,
            UUID keyId,
            Purpose purpose,
            Status status,
            @Nullable Check decisive,
            Instant at) {}

    private final VerificationStore store;
    private final VerificationProperties properties;
    private final Clock clock;
    private final Ids ids;

    Verifications(VerificationStore store, VerificationProperties properties, Clock clock, Ids ids) {
        this.store = store;
        this.properties = properties;
        this.clock = clock;
        this.ids = ids;
    }

    /** Asks for a verification in the caller's transaction, unless one of the key is on its way already. */
    @Transactional(propagation = Propagation.MANDATORY)
    public UUID request(UUID keyId, Purpose purpose) {
        var now = clock.instant();
        store.insert(ids.next(), keyId, purpose, now);
        return store.open(keyId).orElseThrow(() -> new IllegalStateException("a verification vanished"));
    }

    /** Calls with these keys were refused or failed: each is verified again, unless that was done a moment ago. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void doubt(List<UUID> keyIds) {
        var now = clock.instant();
        store.doubt(keyIds, now, now.minus(properties.doubtPause()));
    }

    public Optional<Progress> progress(UUID verificationId) {
        return store.progress(verificationId);
    }

    @EventListener
    void on(PoolKeys.Resumed resumed) {
        if (resumed.toBeProven()) {
            request(resumed.keyId(), Purpose.RESUME);
        }
    }
}
