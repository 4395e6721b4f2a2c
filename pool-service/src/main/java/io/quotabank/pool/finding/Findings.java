package io.quotabank.pool.finding;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.key.PoolKeys.Outcome;
import io.quotabank.pool.verification.Verifications;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Does what each finding asks for, once: in one transaction with the note that it was done. */
@Component
class Findings {

    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);
    private static final Duration LONGEST_COOL_DOWN = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(90);

    private static final String HEAR =
            "INSERT INTO finding_heard (id, heard_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING";

    private final JdbcClient jdbc;
    private final PoolKeys keys;
    private final Verifications verifications;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Findings(
            JdbcClient jdbc,
            PoolKeys keys,
            Verifications verifications,
            TransactionTemplate transactions,
            Clock clock) {
        this.jdbc = jdbc;
        this.keys = keys;
        this.verifications = verifications;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** @throws IllegalArgumentException for a key that the pool never had */
    void heed(List<FindingRecord> batch) {
        // Each for itself, so that no two keys are locked at once.
        batch.forEach(found -> transactions.executeWithoutResult(status -> heedOnce(found)));
    }

    private void heedOnce(FindingRecord found) {
        var key = found.keyId();
        if (key == null || !hear(found.findingId())) {
            return;
        }
        var by = By.risk(found.sentence());
        switch (found.action()) {
            case NONE -> {}
            case COOL_DOWN -> {
                // First the verification, then the key: the order in which a verification ends.
                verifications.doubt(List.of(key));
                known(key, keys.cool(key, rest(found), by));
            }
            case VERIFY -> {
                known(key);
                verifications.doubt(List.of(key));
            }
            case DEPLETE -> known(key, keys.exhaust(key, by));
            case FLAG -> {
                if (known(key, keys.flag(key, by)) instanceof Outcome.Done done
                        && done.key().state() == State.FLAGGED) {
                    LOG.warn("key {} is flagged, and a person is to look at it: {}", key, found.sentence());
                }
            }
        }
    }

    private boolean hear(UUID findingId) {
        return jdbc.sql(HEAR)
                        .param("id", findingId)
                        .param("now", Timestamp.from(clock.instant()))
                        .update()
                == 1;
    }

    private void known(UUID key) {
        if (keys.find(key).isEmpty()) {
            throw unknown(key);
        }
    }

    private static Outcome known(UUID key, Outcome outcome) {
        if (outcome instanceof Outcome.Unknown) {
            throw unknown(key);
        }
        return outcome;
    }

    private static IllegalArgumentException unknown(UUID key) {
        return new IllegalArgumentException("a finding about a key that the pool never had: " + key);
    }

    private static Duration rest(FindingRecord found) {
        var seconds = found.evidence().getOrDefault(FindingRecord.COOL_DOWN_SECONDS, BigDecimal.ZERO);
        var most = BigDecimal.valueOf(LONGEST_COOL_DOWN.toSeconds());
        return Duration.ofSeconds(seconds.max(BigDecimal.ZERO).min(most).longValue());
    }

    /** Forgets findings that are too old to come again. */
    void forget() {
        jdbc.sql("DELETE FROM finding_heard WHERE heard_at < :before")
                .param("before", Timestamp.from(clock.instant().minus(KEPT)))
                .update();
    }
}
