package io.quotabank.ledger.cap;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/**
 * Under which cap a hold counts, and in which UTC day and month: those in which it was opened, however long it lasts.
 *
 * @param cap the access key's id
 */
public record CapDay(UUID cap, LocalDate day) {

    /** The three windows that it counts in. */
    List<Window.Id> windows() {
        return List.of(
                new Window.Id(cap, Window.Span.TOTAL, LocalDate.EPOCH),
                new Window.Id(cap, Window.Span.DAY, day),
                new Window.Id(cap, Window.Span.MONTH, day.withDayOfMonth(1)));
    }
}
