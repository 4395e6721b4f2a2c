package io.quotabank.ledger.cap;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.BrokenRuleException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A cap and its windows of a day, at least one with a limit, read under the lock of its account's row. */
public record Cap(CapDay day, List<Window> windows) {

    public Cap {
        windows = List.copyOf(windows);
    }

    /** What can still be held under all of its limits. */
    public Credits left() {
        return windows.stream()
                .map(Window::left)
                .filter(Objects::nonNull)
                .reduce(Credits::min)
                .orElseThrow(() -> new BrokenRuleException("the cap of " + day.cap() + " has no limit"));
    }

    /** Whether a hold counts under it, in whatever day. */
    public boolean covers(@Nullable CapDay other) {
        return other != null && other.cap().equals(day.cap());
    }

    /** Holds more; refused with {@link BrokenRuleException} above one of its limits. */
    public Cap hold(Credits amount) {
        return new Cap(day, windows.stream().map(window -> window.hold(amount)).toList());
    }
}
