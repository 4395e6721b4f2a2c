package io.quotabank.risk.signal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Opened;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.platform.id.Ids;
import io.quotabank.risk.burst.Bursts;
import io.quotabank.risk.failure.Failures;
import io.quotabank.risk.failure.Failures.Call;
import io.quotabank.risk.finding.Findings;
import io.quotabank.risk.finding.Findings.Subject;
import io.quotabank.risk.key.WatchedKeys;
import io.quotabank.risk.key.WatchedKeys.WatchedKey;
import io.quotabank.risk.signal.SignalStore.Signal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Hears of every closed request once, whatever is delivered twice and however many instances listen, and lets the rules
 * judge its calls: a poll in one transaction, with the keys' rows locked in the order of their ids.
 */
@Service
public class Signals {

    private final SignalStore store;
    private final WatchedKeys keys;
    private final Failures failures;
    private final Bursts bursts;
    private final Findings findings;
    private final ConsumedUsage consumed;
    private final SignalProperties properties;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Counter heard;
    private final Set<LocalDate> months = ConcurrentHashMap.newKeySet();

    Signals(
            SignalStore store,
            WatchedKeys keys,
            Failures failures,
            Bursts bursts,
            Findings findings,
            ConsumedUsage consumed,
            SignalProperties properties,
            TransactionTemplate transactions,
            MeterRegistry meters,
            Clock clock) {
        this.store = store;
        this.keys = keys;
        this.failures = failures;
        this.bursts = bursts;
        this.findings = findings;
        this.consumed = consumed;
        this.properties = properties;
        this.transactions = transactions;
        this.heard = meters.counter("quotabank.risk.requests");
        this.clock = clock;
    }

    /** @throws IllegalArgumentException where a record breaks a rule; nothing of the batch is heard then */
    void hear(List<Closed> batch) {
        // Outside the transaction: a month that was made stays made when the batch does not.
        batch.forEach(closed -> ensureMonth(closed.requestId()));
        transactions.executeWithoutResult(status -> hearOnce(batch));
        heard.increment(batch.size());
    }

    /** Requests that still run after a second: what they use is yet to be heard of. */
    void open(List<Opened> batch) {
        transactions.executeWithoutResult(status -> store.open(batch));
    }

    private void hearOnce(List<Closed> batch) {
        var first = new LinkedHashMap<UUID, Closed>();
        batch.forEach(closed -> first.putIfAbsent(closed.requestId(), closed));
        var fresh = store.hear(first.keySet());
        var calls = new TreeMap<UUID, List<Call>>();
        var uses = new HashMap<UUID, Use>();
        first.values().stream()
                .filter(closed -> fresh.contains(closed.requestId()))
                .sorted(Comparator.comparingLong(Closed::closedAtMs))
                .forEach(closed -> closed.attempts().forEach(attempt -> {
                    calls.computeIfAbsent(attempt.keyId(), key -> new ArrayList<>())
                            .add(new Call(Instant.ofEpochMilli(closed.closedAtMs()), attempt));
                    uses.merge(attempt.keyId(), Use.of(closed, attempt), Use::plus);
                }));
        if (!calls.isEmpty()) {
            judge(calls, uses);
        }
    }

    private void judge(Map<UUID, List<Call>> calls, Map<UUID, Use> uses) {
        var signals = store.lock(calls.keySet());
        var known = keys.find(calls.keySet());
        var failing = bursts.count(ofHosts(calls, known));
        var after = new TreeMap<UUID, Signal>();
        calls.forEach((id, ofKey) -> {
            var before = signals.getOrDefault(id, Signal.NONE);
            var key = known.get(id);
            // What another address than the provider's own answers is its owner's doing.
            boolean hostFails = key != null && key.providerAddress() && failing.contains(key.host());
            var judgement = failures.judge(before.history(), ofKey, hostFails);
            var subject = subject(id, key, ofKey.getLast().attempt());
            judgement.found().forEach(draft -> findings.raise(subject, draft));
            after.put(id, new Signal(judgement.history(), before.used().plus(uses.getOrDefault(id, Use.NONE))));
        });
        store.update(after);
    }

    private static List<Bursts.Call> ofHosts(Map<UUID, List<Call>> calls, Map<UUID, WatchedKey> known) {
        var ofHosts = new ArrayList<Bursts.Call>();
        calls.forEach((id, ofKey) -> {
            var key = known.get(id);
            if (key != null) {
                ofKey.stream()
                        .filter(call -> tells(call.attempt()))
                        .map(call -> new Bursts.Call(
                                id, key.provider(), key.host(), call.at(), Failures.isFailure(call.attempt())))
                        .forEach(ofHosts::add);
            }
        });
        return ofHosts;
    }

    /** Whether a call says anything of its host: not where the client was at fault, or left. */
    private static boolean tells(Attempt attempt) {
        return attempt.result() != Result.REQUEST_REFUSED && attempt.result() != Result.CANCELLED;
    }

    private static Subject subject(UUID id, @Nullable WatchedKey key, Attempt attempt) {
        return new Subject(id, attempt.ownerId(), attempt.provider(), key == null ? null : key.host());
    }

    /** What all calls of these keys used that were heard of so far. */
    public Use used(Collection<UUID> keyIds) {
        return store.used(keyIds);
    }

    /**
     * Whether all was heard of requests that began at or before an instant: those that ran then have ended, and every
     * record that was sent until another instant has been read. A request of which nothing comes for the longest time that
     * one takes is waited for no longer.
     *
     * @param sent by when records of requests that took less than a second have been sent
     */
    public boolean heardAllOf(Instant began, Instant sent) {
        var oldest = clock.instant().minus(properties.longestRequest());
        return consumed.until(sent) && !store.isOpen(oldest, began);
    }

    /** Whoever puts a key back to work has looked at it. */
    @EventListener
    void on(WatchedKeys.Back back) {
        store.forgive(back.keyIds());
    }

    /** Makes room for the coming month, and forgets what is too old to come again. */
    void turnMonths() {
        var now = clock.instant();
        var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        store.ensurePartitions(today);
        store.ensurePartitions(today.plusMonths(1));
        store.forgetBefore(oldest(now));
        store.forgetOpenBefore(now.minus(properties.longestRequest()));
    }

    private void ensureMonth(UUID request) {
        var now = clock.instant();
        var day = LocalDate.ofInstant(Instant.ofEpochMilli(Ids.millisOf(request)), ZoneOffset.UTC);
        if (day.isBefore(oldest(now))
                || day.isAfter(LocalDate.ofInstant(now.plus(properties.ahead()), ZoneOffset.UTC))) {
            throw new IllegalArgumentException("a request of " + day + " can't be heard of once and only once");
        }
        if (!months.contains(day.withDayOfMonth(1))) {
            store.ensurePartitions(day);
            months.add(day.withDayOfMonth(1));
        }
    }

    private LocalDate oldest(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC)
                .minusMonths(properties.rememberMonths())
                .withDayOfMonth(1);
    }
}
