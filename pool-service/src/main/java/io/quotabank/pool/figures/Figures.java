package io.quotabank.pool.figures;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Result;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What keys did, day by day. Amounts are computed attempt by attempt exactly as the ledger settles them. */
@Service
public class Figures {

    /** @param day the day, in UTC, on which the request was made */
    public record Use(LocalDate day, Attempt attempt) {}

    /** What a further closing record of a counted request adds for one key. */
    public record Addition(UUID keyId, LocalDate day, Credits served, Credits earned) {}

    record KeyDay(UUID keyId, LocalDate day) implements Comparable<KeyDay> {
        @Override
        public int compareTo(KeyDay other) {
            int byKey = keyId.compareTo(other.keyId);
            return byKey != 0 ? byKey : day.compareTo(other.day);
        }
    }

    private final FigureStore store;

    Figures(FigureStore store) {
        this.store = store;
    }

    /** The owner's part of what a key served in one attempt; nothing for a platform key. */
    public static Credits earned(Attempt attempt) {
        return attempt.ownerId() == null ? Credits.ZERO : attempt.served().share(attempt.ownerBasisPoints());
    }

    /** Adds attempts to the days of their keys, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(Collection<Use> uses) {
        var sums = new TreeMap<KeyDay, Sums>();
        uses.forEach(use -> sums.merge(new KeyDay(use.attempt().keyId(), use.day()), sums(use.attempt()), Sums::plus));
        store.add(sums);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void addLate(Collection<Addition> additions) {
        var sums = new TreeMap<KeyDay, Sums>();
        additions.forEach(late -> sums.merge(
                new KeyDay(late.keyId(), late.day()), Sums.amounts(late.served(), late.earned()), Sums::plus));
        store.add(sums);
    }

    /** Sums of days of a key that has been used, newest day first; see {@link FigureStore#days}. */
    Map<LocalDate, Sums> days(UUID keyId, LocalDate from, LocalDate to) {
        return store.days(keyId, from, to);
    }

    Sums total(UUID keyId) {
        return store.total(keyId);
    }

    private static Sums sums(Attempt attempt) {
        boolean answered = attempt.firstByteMs() != null;
        return new Sums(
                1,
                attempt.result() == Result.SERVED ? 1 : 0,
                failed(attempt.result()) ? 1 : 0,
                attempt.tokens().input(),
                attempt.tokens().cacheRead(),
                attempt.tokens().output(),
                attempt.served(),
                earned(attempt),
                attempt.listCost(),
                answered ? 1 : 0,
                attempt.firstByteMs() == null ? 0 : attempt.firstByteMs(),
                attempt.durationMs());
    }

    /** Failures of the key or its host; what a request or its caller caused is neither success nor failure. */
    private static boolean failed(Result result) {
        return switch (result) {
            case KEY_REFUSED, RATE_LIMITED, PROVIDER_ERROR, UNREACHABLE, CUT -> true;
            case SERVED, REQUEST_REFUSED, CANCELLED -> false;
        };
    }
}
