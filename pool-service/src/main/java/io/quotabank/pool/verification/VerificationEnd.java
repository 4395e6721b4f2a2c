package io.quotabank.pool.verification;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.contracts.verification.KeyVerification.Result;
import io.quotabank.pool.key.Key;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.verification.VerificationStore.Claim;
import io.quotabank.pool.verification.Verifications.Finished;
import io.quotabank.pool.verification.Verifications.Purpose;
import io.quotabank.pool.verification.Verifications.Status;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Ends verifications: each end, and what it makes of the key, in one transaction. */
@Component
class VerificationEnd {

    private final VerificationStore store;
    private final PoolKeys keys;
    private final ApplicationEventPublisher events;
    private final MeterRegistry meters;
    private final Clock clock;

    VerificationEnd(
            VerificationStore store,
            PoolKeys keys,
            ApplicationEventPublisher events,
            MeterRegistry meters,
            Clock clock) {
        this.store = store;
        this.keys = keys;
        this.events = events;
        this.meters = meters;
        this.clock = clock;
    }

    /** @param told the balance that the provider tells, as list cost */
    @Transactional
    public void pass(Key key, Claim claim, Optional<Credits> told) {
        var served = claim.checks().stream()
                .filter(check -> check.result() == Result.PASSED)
                .flatMap(check -> VerificationWork.modelOf(check).stream())
                .filter(key.askedModels()::contains)
                .toList();
        var overclaimed = overclaimed(key, claim, told);
        if (served.isEmpty()) {
            fail(claim, firstModel(claim));
        } else if (overclaimed != null) {
            fail(claim, overclaimed);
        } else if (finish(claim, Status.PASSED, null)) {
            keys.prove(key.id(), inOrder(key, served), told.orElse(null), By.pool(words(claim.purpose())));
        }
    }

    // proxy-service compares them as well; a claim above the told balance must not pass on one side's mistake.
    private static @Nullable Check overclaimed(Key key, Claim claim, Optional<Credits> told) {
        var claimed = key.life().claimed();
        return claim.purpose() == Purpose.DEPOSIT
                        && claimed != null
                        && told.filter(balance -> balance.compareTo(claimed) < 0)
                                .isPresent()
                ? new Check("balance", Result.FAILED, "the claimed quota is above the balance that the provider tells")
                : null;
    }

    private static List<String> inOrder(Key key, List<String> served) {
        return key.askedModels().stream().filter(served::contains).toList();
    }

    private static Check firstModel(Claim claim) {
        return claim.checks().stream()
                .filter(check -> VerificationWork.modelOf(check).isPresent())
                .findFirst()
                .orElseGet(() -> new Check("model", Result.FAILED, "no model was checked"));
    }

    @Transactional
    public void fail(Claim claim, Check decisive) {
        if (finish(claim, Status.FAILED, decisive)) {
            keys.disprove(claim.keyId(), By.pool(decisive.name() + ": " + decisive.detail()));
        }
    }

    /** The provider says that nothing is left: a key that has served waits for more, one that never did is refused. */
    @Transactional
    public void exhaust(Key key, Claim claim, Check decisive) {
        if (!key.life().proven()) {
            fail(claim, decisive);
        } else if (finish(claim, Status.FAILED, decisive)) {
            keys.exhaust(key.id(), By.pool(decisive.name() + ": " + decisive.detail()));
        }
    }

    /** No answer could be had: that refuses a key that waits for it, and says nothing against one that is in use. */
    @Transactional
    public void giveUp(Key key, Claim claim, Check silent, int attempts) {
        var detail = "no answer after %d tries: %s".formatted(attempts, silent.detail());
        var decisive = new Check(silent.name(), Result.UNREACHABLE, detail);
        if (finish(claim, Status.UNREACHABLE, decisive)
                && (claim.purpose() == Purpose.DEPOSIT || claim.purpose() == Purpose.RESUME)) {
            keys.disprove(key.id(), By.pool(decisive.name() + ": " + detail));
        }
    }

    @Transactional
    public void drop(Claim claim) {
        finish(claim, Status.DROPPED, null);
    }

    private boolean finish(Claim claim, Status status, @Nullable Check decisive) {
        var now = clock.instant();
        if (!store.finish(claim, status, decisive == null ? null : decisive.detail(), now)) {
            return false;
        }
        meters.counter("quotabank.verifications", "purpose", claim.purpose().column(), "status", status.wire())
                .increment();
        events.publishEvent(new Finished(claim.id(), claim.keyId(), claim.purpose(), status, decisive, now));
        return true;
    }

    private static String words(Purpose purpose) {
        return switch (purpose) {
            case DEPOSIT -> "every check of the deposit passed";
            case PLATFORM -> "the platform's own key was verified";
            case DAILY -> "verified again as every day";
            case DOUBT -> "verified again after calls that failed";
            case RESUME -> "verified again before it goes back to work";
        };
    }
}
