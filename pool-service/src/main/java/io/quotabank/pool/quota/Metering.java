package io.quotabank.pool.quota;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.figures.Figures;
import io.quotabank.pool.figures.Figures.Addition;
import io.quotabank.pool.figures.Figures.Use;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.quota.UsageStore.Part;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Counts closed requests: a batch in one transaction, each request once. */
@Component
class Metering {

    private final UsageStore store;
    private final PoolKeys keys;
    private final Figures figures;
    private final QuotaProperties properties;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Counter counted;
    private final Set<LocalDate> months = ConcurrentHashMap.newKeySet();

    Metering(
            UsageStore store,
            PoolKeys keys,
            Figures figures,
            QuotaProperties properties,
            TransactionTemplate transactions,
            MeterRegistry meters,
            Clock clock) {
        this.store = store;
        this.keys = keys;
        this.figures = figures;
        this.properties = properties;
        this.transactions = transactions;
        this.counted = meters.counter("quotabank.pool.usage");
        this.clock = clock;
    }

    /** @throws IllegalArgumentException where a record breaks a rule; nothing of the batch is counted then */
    void count(List<Closed> batch) {
        // Outside the transaction: a month that was made stays made when the batch does not.
        batch.forEach(closed -> ensureMonth(day(closed)));
        transactions.executeWithoutResult(status -> countOnce(batch));
        counted.increment(batch.size());
    }

    private void countOnce(List<Closed> batch) {
        var firsts = new LinkedHashMap<UUID, Closed>();
        var later = new ArrayList<Closed>();
        for (var closed : batch) {
            if (firsts.putIfAbsent(closed.requestId(), closed) != null) {
                later.add(closed);
            }
        }
        var fresh = firsts.isEmpty() ? Set.<UUID>of() : store.add(parts(firsts));
        firsts.values().stream()
                .filter(closed -> !fresh.contains(closed.requestId()))
                .forEach(later::add);
        countFresh(firsts.values().stream()
                .filter(closed -> fresh.contains(closed.requestId()))
                .toList());
        countLater(later);
    }

    private void countFresh(List<Closed> fresh) {
        var listCosts = new TreeMap<UUID, Credits>();
        var uses = new ArrayList<Use>();
        for (var closed : fresh) {
            for (var attempt : closed.attempts()) {
                listCosts.merge(attempt.keyId(), attempt.listCost(), Credits::plus);
                uses.add(new Use(day(closed), attempt));
            }
        }
        if (!uses.isEmpty()) {
            keys.use(listCosts);
            figures.add(uses);
        }
    }

    /** The same record again adds nothing; a different one adds what its keys served beyond what was counted. */
    private void countLater(List<Closed> later) {
        if (later.isEmpty()) {
            return;
        }
        var counted = store.counted(later.stream().map(Closed::requestId).toList());
        var additions = new ArrayList<Addition>();
        for (var closed : later) {
            var had = counted.getOrDefault(closed.requestId(), Map.of());
            var sum = new TreeMap<>(had);
            parts(closed).forEach((key, part) -> {
                var before = had.getOrDefault(key, Part.NONE);
                var served = part.served().minusOrZero(before.served());
                var earned = part.earned().minusOrZero(before.earned());
                if (!served.isZero() || !earned.isZero()) {
                    additions.add(new Addition(key, day(closed), served, earned));
                    sum.put(key, before.plus(new Part(served, earned)));
                }
            });
            if (!sum.equals(had)) {
                store.correct(closed.requestId(), sum);
                counted.put(closed.requestId(), sum);
            }
        }
        figures.addLate(additions);
    }

    private static Map<UUID, Map<UUID, Part>> parts(Map<UUID, Closed> requests) {
        return requests.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> parts(entry.getValue())));
    }

    private static Map<UUID, Part> parts(Closed closed) {
        var parts = new TreeMap<UUID, Part>();
        for (var attempt : closed.attempts()) {
            if (!attempt.served().isZero()) {
                parts.merge(attempt.keyId(), new Part(attempt.served(), Figures.earned(attempt)), Part::plus);
            }
        }
        return parts;
    }

    /** The day, in UTC, on which our own id of the request was made: the same for every record of it. */
    private static LocalDate day(Closed closed) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(Ids.millisOf(closed.requestId())), ZoneOffset.UTC);
    }

    private void ensureMonth(LocalDate day) {
        var now = clock.instant();
        if (day.isBefore(oldest(now))
                || day.isAfter(LocalDate.ofInstant(now.plus(properties.ahead()), ZoneOffset.UTC))) {
            throw new IllegalArgumentException("a request of " + day + " can't be counted once and only once");
        }
        if (!months.contains(day.withDayOfMonth(1))) {
            store.ensurePartitions(day);
            months.add(day.withDayOfMonth(1));
        }
    }

    /** Makes room for the coming month, and forgets requests that are too old to come again. */
    void turnMonths() {
        var now = clock.instant();
        var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        store.ensurePartitions(today);
        store.ensurePartitions(today.plusMonths(1));
        store.forgetBefore(oldest(now));
    }

    private LocalDate oldest(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC)
                .minusMonths(properties.rememberMonths())
                .withDayOfMonth(1);
    }
}
