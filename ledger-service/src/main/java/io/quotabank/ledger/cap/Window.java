package io.quotabank.ledger.cap;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.BrokenRuleException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a cap has taken of one of its limits, as a value.
 *
 * @param limit null without one
 * @param held reserved by open holds
 * @param spent charged
 */
record Window(Id id, @Nullable Credits limit, Credits held, Credits spent) {

    /** How long a window is. */
    enum Span {
        TOTAL,
        DAY,
        MONTH;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param begins its first day; 1970-01-01 for the total */
    record Id(UUID cap, Span span, LocalDate begins) {}

    /** What can still be held; null without a limit. Zero where the limit was lowered below what it has taken. */
    @Nullable
    Credits left() {
        return limit == null ? null : limit.minusOrZero(held.plus(spent));
    }

    /** Holds more; refused with {@link BrokenRuleException} above its limit. */
    Window hold(Credits amount) {
        var after = new Window(id, limit, held.plus(amount), spent);
        if (limit != null && after.held.plus(spent).compareTo(limit) > 0) {
            throw new BrokenRuleException("access key " + id.cap() + " would pass its cap");
        }
        return after;
    }
}
