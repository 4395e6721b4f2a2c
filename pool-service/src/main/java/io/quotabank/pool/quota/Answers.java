package io.quotabank.pool.quota;

import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.key.PoolKeys.Outcome;
import io.quotabank.pool.verification.Verifications;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Heeds what providers answered in use, whatever our own numbers say: "nothing left" depletes a key, a refusal or a run
 * of failures has it verified at once, and a run that goes on leaves it to a person. A rate limit passes by itself.
 */
@Component
class Answers {

    /** What the answer to one call says of its key. */
    private enum Sign {
        WELL,
        NOTHING_LEFT,
        REFUSED,
        FAILED,
        UNREACHABLE,
        NONE;

        private static final int PAYMENT_REQUIRED = 402;
        private static final int TOO_MANY_REQUESTS = 429;

        static Sign of(Attempt attempt) {
            return switch (attempt.result()) {
                case SERVED -> WELL;
                case KEY_REFUSED -> ofRefusal(attempt.status() == null ? 0 : attempt.status());
                case PROVIDER_ERROR, CUT -> FAILED;
                case UNREACHABLE -> UNREACHABLE;
                case REQUEST_REFUSED, RATE_LIMITED, CANCELLED -> NONE;
            };
        }

        // A 429 that is blamed on the key is a spent quota; told with another status, verification finds out.
        private static Sign ofRefusal(int status) {
            return status == PAYMENT_REQUIRED || status == TOO_MANY_REQUESTS ? NOTHING_LEFT : REFUSED;
        }
    }

    /** What a batch of calls comes to for one key. */
    private static final class Finding {
        private FailureRun run;
        private boolean nothingLeft;
        private boolean doubtful;
        private boolean flagged;

        Finding(FailureRun run) {
            this.run = run;
        }

        void hear(Sign sign, Instant at, QuotaProperties properties) {
            switch (sign) {
                case WELL -> {
                    run = FailureRun.NONE;
                    nothingLeft = false;
                    flagged = false;
                }
                case NOTHING_LEFT -> nothingLeft = true;
                case REFUSED -> doubtful = true;
                case FAILED, UNREACHABLE -> {
                    run = run.failed(at, sign == Sign.FAILED, properties);
                    doubtful |= run.doubtful(properties);
                    flagged |= run.flagged(properties);
                }
                case NONE -> {}
            }
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final FailureStore failures;
    private final PoolKeys keys;
    private final Verifications verifications;
    private final QuotaProperties properties;

    Answers(FailureStore failures, PoolKeys keys, Verifications verifications, QuotaProperties properties) {
        this.failures = failures;
        this.keys = keys;
        this.verifications = verifications;
        this.properties = properties;
    }

    /** Each request once, in the transaction that counts it, with the keys' rows locked. */
    void heed(List<Closed> requests) {
        var doubted = new ArrayList<UUID>();
        findings(requests).forEach((key, finding) -> {
            if (finding.flagged) {
                flag(key);
            } else if (finding.nothingLeft) {
                keys.exhaust(key, By.pool("the provider says that nothing is left"));
            } else if (finding.doubtful) {
                doubted.add(key);
            }
        });
        if (!doubted.isEmpty()) {
            verifications.doubt(doubted);
        }
    }

    private void flag(UUID key) {
        failures.forget(key);
        var why = By.pool(properties.failuresToFlag() + " calls failed one after another");
        if (keys.flag(key, why) instanceof Outcome.Done done && done.key().state() == State.FLAGGED) {
            LOG.warn("key {} is flagged: its calls fail on and on, and a person is to look at it", key);
        }
    }

    private Map<UUID, Finding> findings(List<Closed> requests) {
        var known = failures.runs(requests.stream()
                .flatMap(closed -> closed.attempts().stream())
                .map(Attempt::keyId)
                .distinct()
                .toList());
        var findings = new TreeMap<UUID, Finding>();
        requests.stream().sorted(Comparator.comparingLong(Closed::closedAtMs)).forEach(closed -> {
            for (var attempt : closed.attempts()) {
                findings.computeIfAbsent(attempt.keyId(), key -> new Finding(known.getOrDefault(key, FailureRun.NONE)))
                        .hear(Sign.of(attempt), Instant.ofEpochMilli(closed.closedAtMs()), properties);
            }
        });
        findings.forEach((key, finding) -> {
            if (!finding.run.equals(known.getOrDefault(key, FailureRun.NONE))) {
                failures.put(key, finding.run);
            }
        });
        return findings;
    }

    /** Whoever puts a key back to work has looked at it. */
    @EventListener
    void on(PoolKeys.Resumed resumed) {
        failures.forget(resumed.keyId());
    }
}
