package io.quotabank.pool.verification;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.verification.KeyVerification;
import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.contracts.verification.KeyVerification.Report;
import io.quotabank.contracts.verification.KeyVerification.Request;
import io.quotabank.contracts.verification.KeyVerification.Result;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.catalog.Provider;
import io.quotabank.pool.key.Key;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.verification.VerificationStore.Claim;
import io.quotabank.pool.verification.Verifications.Purpose;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.stereotype.Component;

/**
 * Works one verification off, model by model, so that its progress is seen and a successor goes on where a dead worker
 * stopped. No transaction is open while a provider is waited for.
 */
@Component
class VerificationWork {

    private static final Logger LOG = LoggerFactory.getLogger(VerificationWork.class);
    private static final String MODEL = "model:";

    private final KeyVerification verifier;
    private final CircuitBreaker breaker;
    private final VerificationStore store;
    private final VerificationEnd end;
    private final VerificationProperties properties;
    private final PoolKeys keys;
    private final Catalog catalog;
    private final Clock clock;

    VerificationWork(
            KeyVerification verifier,
            CircuitBreakerFactory<?, ?> breakers,
            VerificationStore store,
            VerificationEnd end,
            VerificationProperties properties,
            PoolKeys keys,
            Catalog catalog,
            Clock clock) {
        this.verifier = verifier;
        this.breaker = breakers.create("key-verification");
        this.store = store;
        this.end = end;
        this.properties = properties;
        this.keys = keys;
        this.catalog = catalog;
        this.clock = clock;
    }

    void run(Claim claimed) {
        var key = keys.find(claimed.keyId()).orElseThrow();
        var sealed = keys.sealedSecret(key.id());
        if (sealed.isEmpty()) {
            end.drop(claimed);
            return;
        }
        var claim = claimed;
        for (var model : key.askedModels()) {
            if (answered(claim, model)) {
                continue;
            }
            Report report;
            try {
                report = breaker.run(() -> verifier.verify(request(key, model, sealed.get(), claimed.purpose())));
            } catch (RuntimeException away) {
                LOG.warn("verification {} waits for proxy-service: {}", claim.id(), away.toString());
                // Not the provider's silence: it does not count against the key.
                postpone(claim, claim.attempts(), "waiting for the verifier");
                return;
            }
            claim = with(claim, report);
            if (!goesOn(key, claim)) {
                return;
            }
        }
        end.pass(key, claim, told(claim));
    }

    private static boolean answered(Claim claim, String model) {
        return claim.checks().stream()
                .anyMatch(check -> check.name().equals(MODEL + model) && check.result() != Result.UNREACHABLE);
    }

    private Request request(Key key, String model, String sealed, Purpose purpose) {
        var claimed = purpose == Purpose.DEPOSIT ? key.life().claimed() : null;
        return new Request(
                key.id(),
                key.ownerId(),
                key.provider(),
                key.baseUrl(),
                List.of(model),
                sealed,
                claimed == null ? null : catalog.usd(claimed),
                catalog.provider(key.provider()).map(Provider::balance).orElse(BalanceForm.NONE),
                catalog.cnyPerUsd());
    }

    /** The newest answer to each check, in the order in which they were first made. */
    private static Claim with(Claim claim, Report report) {
        var checks = new LinkedHashMap<String, Check>();
        claim.checks().forEach(check -> checks.put(check.name(), check));
        report.checks().forEach(check -> checks.put(check.name(), check));
        var balance = report.balanceUsd() == null ? claim.balanceUsd() : report.balanceUsd();
        return new Claim(
                claim.id(),
                claim.claim(),
                claim.keyId(),
                claim.purpose(),
                claim.attempts(),
                List.copyOf(checks.values()),
                balance);
    }

    /** Keeps what was learned; false where the verification has ended or waits. */
    private boolean goesOn(Key key, Claim claim) {
        var failed = decisive(claim);
        if (failed.isPresent()) {
            end.fail(claim, failed.get());
            return false;
        }
        var exhausted = first(claim, Result.EXHAUSTED);
        if (exhausted.isPresent()) {
            end.exhaust(key, claim, exhausted.get());
            return false;
        }
        var silent = first(claim, Result.UNREACHABLE);
        if (silent.isEmpty()) {
            return store.keep(claim, clock.instant().plus(properties.claimFor()));
        }
        int attempts = claim.attempts() + 1;
        if (attempts >= properties.attempts() && claim.purpose() != Purpose.PLATFORM) {
            end.giveUp(key, claim, silent.get(), attempts);
        } else {
            postpone(claim, attempts, "no answer to the check " + silent.get().name() + " yet");
        }
        return false;
    }

    /** A model that is not served decides against a deposit; a key that served before goes on with its other models. */
    private static Optional<Check> decisive(Claim claim) {
        return claim.checks().stream()
                .filter(check -> check.result() == Result.FAILED || check.result() == Result.EXHAUSTED)
                .filter(check ->
                        claim.purpose() == Purpose.DEPOSIT || !check.name().startsWith(MODEL))
                .findFirst();
    }

    private static Optional<Check> first(Claim claim, Result result) {
        return claim.checks().stream().filter(check -> check.result() == result).findFirst();
    }

    private void postpone(Claim claim, int attempts, String note) {
        store.postpone(claim, attempts, clock.instant().plus(properties.pauseAfter(attempts)), note);
    }

    private Optional<Credits> told(Claim claim) {
        return Optional.ofNullable(claim.balanceUsd()).map(catalog::credits);
    }

    static Optional<String> modelOf(Check check) {
        return check.name().startsWith(MODEL) ? Optional.of(check.name().substring(MODEL.length())) : Optional.empty();
    }
}
