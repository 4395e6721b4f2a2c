package io.quotabank.ledger.statement;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A span of time, its end excluded.
 *
 * @param zone in which days begin
 */
record Period(Instant from, Instant to, ZoneId zone) {

    private static final String DATE = "\\d{4}-\\d{2}-\\d{2}";
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-01-01T00:00:00Z");

    Period {
        if (!from.isBefore(to) || from.isBefore(FIRST) || to.isAfter(LAST)) {
            throw new IllegalArgumentException("from is before to, and both are of our time");
        }
    }

    /** What a caller asked for, before it is read. A date as the end includes that day. */
    record Asked(
            @Nullable String from,
            @Nullable String to,
            @Nullable String zone) {

        /**
         * @param now where the period ends unless said otherwise
         * @param usual how long it is unless said otherwise
         * @param longest it may be
         */
        Period read(Instant now, Duration usual, Duration longest) {
            var in = zoneOf(zone);
            var end = to == null ? now : instant(to, in, 1);
            var begin = from == null ? end.minus(usual) : instant(from, in, 0);
            var period = new Period(begin, end, in);
            if (Duration.between(begin, end).compareTo(longest) > 0) {
                throw new IllegalArgumentException("a period has at most " + longest.toDays() + " days");
            }
            return period;
        }

        private static Instant instant(String text, ZoneId zone, int daysAfter) {
            try {
                return text.matches(DATE)
                        ? LocalDate.parse(text)
                                .plusDays(daysAfter)
                                .atStartOfDay(zone)
                                .toInstant()
                        : Instant.parse(text);
            } catch (DateTimeException malformed) {
                throw new IllegalArgumentException("from and to are dates, or instants as 2026-01-31T12:00:00Z");
            }
        }

        // By name only: PostgreSQL counts offsets the other way round.
        private static ZoneId zoneOf(@Nullable String zone) {
            if (zone == null) {
                return ZoneId.of("UTC");
            }
            if (!ZoneId.getAvailableZoneIds().contains(zone) || zone.startsWith("SystemV")) {
                throw new IllegalArgumentException("zone is a time zone's name, as Asia/Shanghai");
            }
            return ZoneId.of(zone);
        }
    }

    /** The last instant of it that the database can tell. */
    Instant last() {
        return microBefore(to);
    }

    Instant beforeIt() {
        return microBefore(from);
    }

    private static Instant microBefore(Instant instant) {
        return instant.minusNanos(1_000);
    }
}
