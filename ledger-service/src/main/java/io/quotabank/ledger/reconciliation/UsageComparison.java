package io.quotabank.ledger.reconciliation;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageLog.Entry;
import io.quotabank.contracts.usage.UsageLog.Sum;
import io.quotabank.contracts.usage.UsageLog.Window;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was found while the two sides were compared, window by window. Not for two threads. */
final class UsageComparison {

    /**
     * A request that is not the same on both sides.
     *
     * @param logged by the usage log; null where it has none
     * @param settled by the ledger; null where it has none
     */
    record Difference(
            UUID request,
            Window window,
            @Nullable Entry logged,
            @Nullable Entry settled) {}

    private final int most;
    private final Map<UUID, Difference> differences = new LinkedHashMap<>();
    private BigDecimal logged = BigDecimal.ZERO;
    private BigDecimal settled = BigDecimal.ZERO;

    /** @param most differences that are kept; past it nothing more is looked at */
    UsageComparison(int most) {
        this.most = most;
    }

    void agreed(Sum sum) {
        logged = logged.add(micro(sum.served()));
        settled = settled.add(micro(sum.served()));
    }

    /** All requests of a window on either side. */
    void compare(Window window, List<Entry> inLog, List<Entry> inLedger) {
        var log = byId(inLog);
        var ledger = byId(inLedger);
        log.forEach((id, entry) -> take(new Difference(id, window, entry, ledger.get(id))));
        ledger.forEach((id, entry) -> {
            if (!log.containsKey(id)) {
                take(new Difference(id, window, null, entry));
            }
        });
    }

    boolean isFull() {
        return differences.size() >= most;
    }

    Set<Window> differingWindows() {
        return differences.values().stream().map(Difference::window).collect(Collectors.toSet());
    }

    /** Keeps the differences that the other one, made later, has as well: the rest was only on its way. */
    void keepThoseOf(UsageComparison later) {
        differences.keySet().retainAll(later.differences.keySet());
        differences.replaceAll((id, earlier) -> Objects.requireNonNull(later.differences.get(id)));
    }

    List<Difference> differences() {
        return List.copyOf(differences.values());
    }

    /** Micro-credits served by what was compared, differences included. */
    BigDecimal logged() {
        return sum(logged, Difference::logged);
    }

    BigDecimal settled() {
        return sum(settled, Difference::settled);
    }

    private void take(Difference pair) {
        if (!Objects.equals(pair.logged(), pair.settled())) {
            differences.put(pair.request(), pair);
        } else if (pair.logged() != null) {
            logged = logged.add(micro(pair.logged().served()));
            settled = settled.add(micro(pair.logged().served()));
        }
    }

    private BigDecimal sum(BigDecimal agreed, Function<Difference, @Nullable Entry> side) {
        var sum = agreed;
        for (var difference : differences.values()) {
            var entry = side.apply(difference);
            sum = entry == null ? sum : sum.add(micro(entry.served()));
        }
        return sum;
    }

    private static Map<UUID, Entry> byId(List<Entry> entries) {
        var byId = new LinkedHashMap<UUID, Entry>();
        entries.forEach(entry -> byId.put(entry.requestId(), entry));
        return byId;
    }

    private static BigDecimal micro(Credits credits) {
        return BigDecimal.valueOf(credits.micro());
    }
}
