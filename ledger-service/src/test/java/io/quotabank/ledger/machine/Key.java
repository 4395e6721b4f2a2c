package io.quotabank.ledger.machine;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.TestUsage;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An access key with a cap: its limits, every version of them, and whatever was leased under it. */
final class Key {

    static final long FIRST_LIMIT = 250_000_000;

    final UUID id = TestUsage.IDS.next();
    final List<Hold> leases = new ArrayList<>();
    private final List<SpendingCap> versions = new ArrayList<>();
    private int known;

    Key() {
        limit(FIRST_LIMIT, 0, 0);
    }

    /** From now on; 0 is no limit. */
    void limit(long total, long daily, long monthly) {
        // One of them there must be.
        long all = daily == 0 && monthly == 0 ? Math.max(1, total) : total;
        versions.add(new SpendingCap(id, versions.size() + 1L, credits(all), credits(daily), credits(monthly)));
    }

    private static Credits credits(long limit) {
        return limit == 0 ? null : new Credits(limit);
    }

    /** As a proxy tells it that has not heard of the newest ones: the ledger goes by the highest that it was told. */
    SpendingCap told(int behind) {
        int version = Math.max(0, versions.size() - 1 - behind);
        known = Math.max(known, version);
        return versions.get(version);
    }

    long left(LocalDate day) {
        var limits = versions.get(known);
        return Stream.of(
                        left(limits.total(), lease -> true),
                        left(limits.daily(), lease -> lease.day.equals(day)),
                        left(limits.monthly(), lease -> month(lease.day).equals(month(day))))
                .min(Long::compare)
                .orElseThrow();
    }

    private long left(Credits limit, Predicate<Hold> counts) {
        long taken = leases.stream()
                .filter(counts)
                .mapToLong(lease -> lease.left() + lease.settled)
                .sum();
        return limit == null ? Long.MAX_VALUE : Math.max(0, limit.micro() - taken);
    }

    private static LocalDate month(LocalDate day) {
        return day.withDayOfMonth(1);
    }

    /** Everything that the service tells of it, too. */
    List<String> windows() {
        var windows = new TreeMap<String, long[]>();
        for (var lease : leases) {
            for (var window : List.of("day " + lease.day, "month " + month(lease.day), "total " + LocalDate.EPOCH)) {
                var sums = windows.computeIfAbsent(window, first -> new long[2]);
                sums[0] += lease.left();
                sums[1] += lease.settled;
            }
        }
        return windows.entrySet().stream()
                .map(window -> id + " " + window.getKey() + " " + window.getValue()[0] + " " + window.getValue()[1])
                .toList();
    }
}
