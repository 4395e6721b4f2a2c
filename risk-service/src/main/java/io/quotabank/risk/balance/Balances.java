package io.quotabank.risk.balance;

import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.verification.KeyBalances;
import io.quotabank.contracts.verification.KeyBalances.Answer;
import io.quotabank.contracts.verification.KeyBalances.Question;
import io.quotabank.risk.balance.BalanceRule.Excess;
import io.quotabank.risk.balance.BalanceStore.Watch;
import io.quotabank.risk.finding.Findings;
import io.quotabank.risk.finding.Findings.Draft;
import io.quotabank.risk.finding.Findings.Subject;
import io.quotabank.risk.key.WatchedKeys;
import io.quotabank.risk.key.WatchedKeys.WatchedKey;
import io.quotabank.risk.signal.Signals;
import io.quotabank.risk.signal.Use;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks at balances: asks for one, compares it with the one before and with an older one, and, where it fell by too much,
 * judges only once the records of all calls that it may have paid for have come.
 */
@Component
class Balances {

    private static final Logger LOG = LoggerFactory.getLogger(Balances.class);

    private final KeyBalances balances;
    private final CircuitBreaker breaker;
    private final BalanceStore store;
    private final BalanceProperties properties;
    private final BalanceRule rule;
    private final WatchedKeys keys;
    private final Signals signals;
    private final Findings findings;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Balances(
            KeyBalances balances,
            CircuitBreakerFactory<?, ?> breakers,
            BalanceStore store,
            BalanceProperties properties,
            WatchedKeys keys,
            Signals signals,
            Findings findings,
            TransactionTemplate transactions,
            Clock clock) {
        this.balances = balances;
        this.breaker = breakers.create("key-balances");
        this.store = store;
        this.properties = properties;
        this.rule = new BalanceRule(properties.beyondBasisPoints(), properties.tolerance());
        this.keys = keys;
        this.signals = signals;
        this.findings = findings;
        this.transactions = transactions;
        this.clock = clock;
    }

    void lookAt(Watch watch) {
        var key = keys.find(watch.keyId()).filter(WatchedKey::serving);
        if (key.isEmpty()) {
            store.drop(watch);
            return;
        }
        var suspect = watch.suspect();
        var last = watch.last();
        if (suspect != null && last != null) {
            judge(watch, key.get(), suspect);
        } else {
            sample(watch, key.get(), last);
        }
    }

    private void sample(Watch watch, WatchedKey key, @Nullable Sample last) {
        // Before the question: what comes meanwhile is counted for the next sample, and so never missing.
        var used = used(key);
        var answer = ask(key);
        var now = now();
        switch (answer.told()) {
            case BALANCE -> {
                var balance = Usd.credits(answer.usd() == null ? BigDecimal.ZERO : answer.usd());
                taken(watch, last, new Sample(now, balance, used, last == null ? Use.NONE : last.used()));
            }
            case NO_BALANCE ->
                store.keep(
                        new Watch(watch.keyId(), watch.claim(), null, null, null), now.plus(properties.untoldEvery()));
            case NO_ANSWER, NO_KEY -> store.keep(watch, now.plus(properties.every()));
        }
    }

    private Answer ask(WatchedKey key) {
        try {
            return breaker.run(() ->
                    balances.tell(new Question(key.id(), properties.form(key.provider()), properties.cnyPerUsd())));
        } catch (RuntimeException away) {
            LOG.warn(
                    "the balance of key {} could not be asked for: {}",
                    key.id(),
                    NestedExceptionUtils.getMostSpecificCause(away).toString());
            return new Answer(KeyBalances.Told.NO_ANSWER, null);
        }
    }

    // A balance is an account's, and an account may have several keys here: what any of them used was the platform's.
    private Use used(WatchedKey key) {
        return signals.used(keys.ofOneAccount(key));
    }

    private void taken(Watch watch, @Nullable Sample last, Sample fresh) {
        var next = fresh.at().plus(properties.every());
        boolean filledUp = last != null && fresh.balance().compareTo(last.balance()) > 0;
        if (last == null || filledUp) {
            store.keep(new Watch(watch.keyId(), watch.claim(), fresh, null, null), next);
        } else if (excess(watch, fresh, fresh.used()).isPresent()) {
            var suspected = new Watch(watch.keyId(), watch.claim(), last, watch.anchor(), fresh);
            store.keep(suspected, fresh.at().plus(properties.settle()));
        } else {
            goOn(watch, fresh, next);
        }
    }

    private void judge(Watch watch, WatchedKey key, Sample suspect) {
        if (!signals.heardAllOf(suspect.at(), suspect.at().plus(properties.settle()))) {
            store.keep(watch, now().plus(properties.again()));
            return;
        }
        var excess = excess(watch, suspect, used(key));
        transactions.executeWithoutResult(status -> {
            // A flagged key is watched anew once it serves again.
            boolean flagged = excess.filter(Excess::certain).isPresent();
            boolean mine = flagged
                    ? store.drop(watch)
                    : goOn(watch, suspect, suspect.at().plus(properties.every()));
            // What is not certain is told with the last sample that the older one is compared with: once a day.
            if (mine && (flagged || (excess.isPresent() && !keepsAnchor(watch, suspect)))) {
                findings.raise(
                        new Subject(key.id(), key.ownerId(), key.provider(), key.host()),
                        dilution(excess.get(), suspect));
            }
        });
    }

    /** Compared with the last sample, which shows a sudden use, and with an old one, which shows a slow one. */
    private Optional<Excess> excess(Watch watch, Sample fresh, Use heard) {
        var last = watch.last();
        var anchor = watch.anchor();
        var sudden = last == null ? Optional.<Excess>empty() : rule.judge(last, fresh.balance(), heard);
        var slow = anchor == null ? Optional.<Excess>empty() : rule.judge(anchor, fresh.balance(), heard);
        return sudden.filter(Excess::certain).or(() -> slow).or(() -> sudden);
    }

    // The first sample does not know what was used just before it, so it is no anchor for a day.
    private boolean goOn(Watch watch, Sample fresh, Instant next) {
        var anchor = keepsAnchor(watch, fresh) ? watch.anchor() : fresh;
        return store.keep(new Watch(watch.keyId(), watch.claim(), fresh, anchor, null), next);
    }

    private boolean keepsAnchor(Watch watch, Sample fresh) {
        var anchor = watch.anchor();
        return anchor != null && fresh.at().isBefore(anchor.at().plus(properties.anchorFor()));
    }

    private Draft dilution(Excess excess, Sample suspect) {
        var from = excess.from();
        var fell = "The balance that the provider tells of this key fell by %s USD, from %s to %s, within %d s."
                .formatted(text(excess.fell()), text(from.balance()), text(suspect.balance()), seconds(from, suspect));
        var evidence = Map.of(
                "balanceBeforeUsd", Usd.of(from.balance()),
                "balanceAfterUsd", Usd.of(suspect.balance()),
                "balanceFellUsd", Usd.of(excess.fell()),
                "platformUsedUsd", Usd.of(excess.used()),
                "platformPossibleUsd", Usd.of(excess.possible()),
                "outsideUsd", Usd.of(excess.outside()),
                "spanSeconds", BigDecimal.valueOf(seconds(from, suspect)));
        return excess.certain()
                ? new Draft(Kind.DILUTION, Action.FLAG, now(), fell + certain(excess), evidence)
                : new Draft(Kind.DILUTION, Action.NONE, now(), fell + uncertain(excess), evidence);
    }

    private String certain(Excess excess) {
        return (" The platform used at most %s USD of it in that time, so at least %s USD were used outside the platform:"
                        + " more than %s %% beyond. It serves nobody until its owner or an administrator resumes it.")
                .formatted(
                        text(excess.used().plus(excess.possible())),
                        text(excess.outside()),
                        BigDecimal.valueOf(properties.beyondBasisPoints(), 2)
                                .stripTrailingZeros()
                                .toPlainString());
    }

    private static String uncertain(Excess excess) {
        return (" The platform got %s USD of it in that time. The provider may have charged up to %s USD more for answers"
                        + " that callers left in the middle, so the key serves on; what it did not charge for these was"
                        + " used outside the platform.")
                .formatted(text(excess.used()), text(excess.possible()));
    }

    private static long seconds(Sample from, Sample until) {
        return Duration.between(from.at(), until.at()).toSeconds();
    }

    private static String text(Credits credits) {
        return Usd.of(credits).toPlainString();
    }

    /** A key that was out may have been used by its owner meanwhile: its balance is looked at anew. */
    @EventListener
    void on(WatchedKeys.Back back) {
        store.forget(back.keyIds());
    }

    // PostgreSQL keeps microseconds.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
