package io.quotabank.ledger.reconciliation;

import io.quotabank.contracts.usage.UsageLog;
import io.quotabank.contracts.usage.UsageLog.Sum;
import io.quotabank.contracts.usage.UsageLog.Window;
import io.quotabank.contracts.usage.UsageLog.Wish;
import io.quotabank.ledger.reconciliation.UsageComparison.Difference;
import io.quotabank.ledger.settlement.PutAside;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException;
import org.springframework.kafka.KafkaException;
import org.springframework.stereotype.Component;

/**
 * Proves settlement against the usage events themselves, by the word of the usage log, which reads the same topic and
 * knows nothing of the books: each request that either has read is in both, at the same cost, and what it was served is
 * what was charged plus what the platform lost.
 *
 * <p>First both must have read what is in the topic. Sums by time are compared then, and only windows that differ are
 * opened, down to the requests. As events go on arriving, a request that is in one and not yet in the other proves
 * nothing: those are looked at again once both have read what was in the topic after the first look.
 */
@Component
class UsageEventsProof {

    static final String NAME = "usage_events_are_charges_and_losses";

    private static final int MONTHS = 12;
    private static final int PARTS = 32;
    // A window with no more requests than this is listed instead of divided.
    private static final int LISTED = 1_000;
    private static final int EXAMPLES = 20;

    private final UsageLog log;
    private final CircuitBreaker breaker;
    private final SettledSums settled;
    private final ConsumedUsage consumed;
    private final PutAside putAside;
    private final ReconciliationProperties properties;
    private final Clock clock;

    UsageEventsProof(
            UsageLog log,
            CircuitBreakerFactory<?, ?> breakers,
            SettledSums settled,
            ConsumedUsage consumed,
            PutAside putAside,
            ReconciliationProperties properties,
            Clock clock) {
        this.log = log;
        this.breaker = breakers.create("usage-log");
        this.settled = settled;
        this.consumed = consumed;
        this.putAside = putAside;
        this.properties = properties;
        this.clock = clock;
    }

    /** @param since requests that began earlier are left out */
    Proof prove(Instant since) {
        try {
            probe();
            var behind = consumed.awaitAllRead(properties.patience());
            if (behind.isPresent()) {
                return Proof.unproven(NAME, behind.get() + " has not read all usage events yet");
            }
            var found = compareAll(since);
            if (found.differences().isEmpty()) {
                return proof(found);
            }
            behind = consumed.awaitAllRead(properties.patience());
            if (behind.isPresent()) {
                return Proof.unproven(NAME, behind.get() + " has not read all usage events yet");
            }
            boolean incomplete = found.isFull();
            found.keepThoseOf(again(found));
            return incomplete && found.differences().isEmpty()
                    ? Proof.unproven(NAME, "too many requests ended meanwhile to look at each")
                    : proof(found);
        } catch (KafkaException away) {
            return Proof.unproven(NAME, "Kafka does not tell how far its consumers are");
        } catch (NoFallbackAvailableException away) {
            return Proof.unproven(NAME, "the usage log is away");
        }
    }

    // A log that is away is not waited for.
    private void probe() {
        ask(() -> log.sums(new Wish(new Window(0, 1), 1)));
    }

    private UsageComparison compareAll(Instant since) {
        var found = new UsageComparison(properties.mostDifferences());
        for (var window : windows(since.toEpochMilli())) {
            compare(window, found);
        }
        return found;
    }

    /** A month each, as both sides keep their rows by month; what is older, or from a clock far ahead, in one. */
    private List<Window> windows(long sinceMs) {
        var month = YearMonth.from(clock.instant().atZone(ZoneOffset.UTC)).minusMonths(MONTHS);
        var windows = new ArrayList<Window>();
        long from = 0;
        for (int i = 0; i <= MONTHS + 1; i++) {
            long to = month.plusMonths(i)
                    .atDay(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
            if (to > sinceMs) {
                windows.add(new Window(Math.max(from, sinceMs), to));
            }
            from = to;
        }
        windows.add(new Window(Math.max(from, sinceMs), Window.END_MS));
        return windows;
    }

    private void compare(Window window, UsageComparison found) {
        var parts = window.split(PARTS);
        var logged = ask(() -> log.sums(new Wish(window, PARTS)));
        var ours = settled.sums(parts);
        if (logged.size() != parts.size()) {
            throw new IllegalStateException("the usage log told " + logged.size() + " sums of " + parts.size());
        }
        for (int i = 0; i < parts.size() && !found.isFull(); i++) {
            if (logged.get(i).equals(ours.get(i))) {
                found.agreed(ours.get(i));
            } else if (isSmall(logged.get(i), ours.get(i)) || parts.get(i).lastsOneMillisecond()) {
                list(parts.get(i), found);
            } else {
                compare(parts.get(i), found);
            }
        }
    }

    private UsageComparison again(UsageComparison found) {
        var later = new UsageComparison(Integer.MAX_VALUE);
        found.differingWindows().forEach(window -> list(window, later));
        return later;
    }

    private void list(Window window, UsageComparison found) {
        found.compare(window, ask(() -> log.entries(window)), settled.entries(window));
    }

    private static boolean isSmall(Sum logged, Sum settled) {
        return logged.count() <= LISTED && settled.count() <= LISTED;
    }

    private <T> T ask(Supplier<T> call) {
        return Objects.requireNonNull(breaker.run(call));
    }

    private Proof proof(UsageComparison found) {
        var differences = found.differences();
        var reasons = differences.isEmpty() ? Map.<UUID, String>of() : reasons(differences);
        var examples = differences.stream()
                .limit(EXAMPLES)
                .map(difference -> words(difference, reasons.get(difference.request())))
                .toList();
        return Proof.of(NAME, found.logged(), found.settled(), differences.size(), examples);
    }

    private Map<UUID, String> reasons(List<Difference> differences) {
        return putAside.reasons(differences.stream().map(Difference::request).collect(Collectors.toSet()));
    }

    private static String words(Difference difference, @Nullable String putAside) {
        var logged = difference.logged();
        var settled = difference.settled();
        var what = logged == null
                ? " is settled, the usage log has not got it"
                : settled == null
                        ? " costs " + logged.cost().micro() + " and is not settled"
                        : " costs " + logged.cost().micro() + " of "
                                + logged.served().micro() + " served, settled as "
                                + settled.cost().micro() + " of "
                                + settled.served().micro();
        return difference.request() + what + (putAside == null ? "" : "; put aside: " + putAside);
    }
}
