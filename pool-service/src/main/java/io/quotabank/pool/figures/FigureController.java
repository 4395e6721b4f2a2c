package io.quotabank.pool.figures;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.pool.key.Access;
import io.quotabank.pool.key.Key;
import io.quotabank.pool.key.PoolKeys;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Figures of one key for its owner. Amounts are credits, decimal; averages are milliseconds. */
@RestController
class FigureController {

    private static final int DAYS_SHOWN = 30;
    private static final int MOST_DAYS = 366;
    private static final int RATE_SCALE = 4;

    /**
     * @param successRate succeeded calls among those that succeeded or failed, 4 decimals, half up; absent for none
     * @param earnings the owner's part of {@code served}, as the ledger books it
     * @param remaining list-price quota left; absent where unlimited or unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record View(
            UUID keyId,
            long requests,
            long succeeded,
            long failed,
            @Nullable BigDecimal successRate,
            Tokens tokens,
            Latency latency,
            BigDecimal served,
            BigDecimal earnings,
            BigDecimal listCost,
            @Nullable BigDecimal remaining,
            List<Day> byDay) {}

    /** @param cached part of {@code input} */
    private record Tokens(long input, long cached, long output) {
        static Tokens of(Sums sums) {
            return new Tokens(sums.input(), sums.cached(), sums.output());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Latency(
            @Nullable Long firstByteMs, @Nullable Long durationMs) {
        static Latency of(Sums sums) {
            return new Latency(
                    average(sums.firstByteMs(), sums.firstBytes()), average(sums.durationMs(), sums.requests()));
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Day(
            LocalDate day,
            long requests,
            long succeeded,
            long failed,
            Tokens tokens,
            Latency latency,
            BigDecimal served,
            BigDecimal earnings) {

        static Day of(LocalDate day, Sums sums) {
            return new Day(
                    day,
                    sums.requests(),
                    sums.succeeded(),
                    sums.failed(),
                    Tokens.of(sums),
                    Latency.of(sums),
                    sums.served().toDecimal(),
                    sums.earned().toDecimal());
        }
    }

    private final Figures figures;
    private final PoolKeys keys;
    private final Clock clock;

    FigureController(Figures figures, PoolKeys keys, Clock clock) {
        this.figures = figures;
        this.keys = keys;
        this.clock = clock;
    }

    /** Totals since the key's first call, and its days between {@code from} and {@code to}, the last 30 by default. */
    @GetMapping("/api/pool/keys/{id}/figures")
    ResponseEntity<?> figures(
            @PathVariable("id") UUID id,
            @RequestParam(name = "from", required = false) @Nullable LocalDate from,
            @RequestParam(name = "to", required = false) @Nullable LocalDate to,
            Caller caller) {
        var last = to == null ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) : sane(to);
        var first = from == null ? last.minusDays(DAYS_SHOWN - 1) : sane(from);
        if (first.isAfter(last) || first.plusDays(MOST_DAYS).isBefore(last)) {
            throw new IllegalArgumentException("from is 0 to 366 days before to");
        }
        return keys.find(id)
                .filter(key -> Access.sees(caller, key))
                .<ResponseEntity<?>>map(key -> ResponseEntity.ok(view(key, first, last)))
                .orElseGet(() -> Problems.response("not_found"));
    }

    /** Within what a database and a calendar can hold. */
    private static LocalDate sane(LocalDate day) {
        if (day.getYear() < 1970 || day.getYear() > 2999) {
            throw new IllegalArgumentException("a day lies in the years 1970 to 2999");
        }
        return day;
    }

    private View view(Key key, LocalDate from, LocalDate to) {
        var total = figures.total(key.id());
        var byDay = figures.days(key.id(), from, to).entrySet().stream()
                .map(entry -> Day.of(entry.getKey(), entry.getValue()))
                .toList();
        var remaining = key.life().remaining();
        return new View(
                key.id(),
                total.requests(),
                total.succeeded(),
                total.failed(),
                rate(total),
                Tokens.of(total),
                Latency.of(total),
                total.served().toDecimal(),
                total.earned().toDecimal(),
                total.list().toDecimal(),
                remaining == null ? null : remaining.toDecimal(),
                byDay);
    }

    private static @Nullable BigDecimal rate(Sums sums) {
        long judged = sums.succeeded() + sums.failed();
        return judged == 0
                ? null
                : BigDecimal.valueOf(sums.succeeded())
                        .divide(BigDecimal.valueOf(judged), RATE_SCALE, RoundingMode.HALF_UP);
    }

    /** Rounded down; null for none. */
    private static @Nullable Long average(long sum, long count) {
        return count == 0 ? null : sum / count;
    }
}
