package io.quotabank.ledger.statement;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.ledger.credit.Access;
import io.quotabank.ledger.credit.Words;
import io.quotabank.ledger.statement.Period.Asked;
import io.quotabank.ledger.statement.Statements.Outcome;
import io.quotabank.ledger.statement.Statements.Sheet;
import io.quotabank.ledger.statement.Statements.Statement;
import io.quotabank.ledger.statement.Stats.Span;
import io.quotabank.ledger.statement.Stats.Sum;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits")
class StatementController {

    private record SumsBody(
            String period, SortedMap<String, BigDecimal> spent, SortedMap<String, BigDecimal> received) {}

    private record StatsBody(
            boolean success,
            @JsonProperty("user_id") UUID userId,
            SortedMap<String, BigDecimal> spent,
            SortedMap<String, BigDecimal> received,
            List<SumsBody> periods) {}

    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int MICRO_DIGITS = 6;
    private static final MediaType PDF = MediaType.APPLICATION_PDF;
    private static final MediaType CSV = new MediaType("text", "csv");

    private final Access access;
    private final Statements statements;
    private final Stats stats;
    private final Words words;
    private final Clock clock;
    private final StatementProperties properties;

    StatementController(
            Access access,
            Statements statements,
            Stats stats,
            Words words,
            Clock clock,
            StatementProperties properties) {
        this.access = access;
        this.statements = statements;
        this.stats = stats;
        this.words = words;
        this.clock = clock;
        this.properties = properties;
    }

    /** Of the caller where the path names nobody, here and below. */
    @GetMapping({"/stats", "/stats/{userId}"})
    ResponseEntity<?> stats(
            @PathVariable(name = "userId", required = false) @Nullable UUID named,
            @RequestParam(defaultValue = "day") String period,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String zone,
            Caller caller) {
        var userId = Access.meant(named, caller);
        var span = Span.of(period);
        var usual = span == Span.DAY ? MONTH : YEAR;
        var asked = new Asked(from, to, zone).read(clock.instant(), usual, properties.longest());
        var account = access.readable(userId, caller);
        if (account.isEmpty()) {
            return Problems.response("not_found");
        }
        return switch (statements.of(account.get(), userId, asked, properties.mostCounted())) {
            case Outcome.Ready(Statement statement) -> ResponseEntity.ok(body(userId, stats.of(statement, span)));
            case Outcome.TooMany(long entries) -> tooMany(entries, properties.mostCounted());
            case Outcome.Gone gone -> gone();
        };
    }

    /** Streamed: null where the answer has been written. */
    @GetMapping({"/statement", "/statement/{userId}"})
    @Nullable
    ResponseEntity<?> statement(
            @PathVariable(name = "userId", required = false) @Nullable UUID named,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String zone,
            @RequestParam(name = "format", required = false) @Nullable String wanted,
            @RequestHeader(name = "Accept", required = false) @Nullable String accept,
            @RequestHeader(name = "Accept-Language", required = false) @Nullable String language,
            Caller caller,
            HttpServletResponse response)
            throws IOException {
        var userId = Access.meant(named, caller);
        var format = wanted == null ? preferred(accept) : wanted;
        if (!format.equals("csv") && !format.equals("pdf")) {
            throw new IllegalArgumentException("format is csv or pdf");
        }
        var asked = new Asked(from, to, zone).read(clock.instant(), MONTH, properties.longest());
        var account = access.readable(userId, caller);
        if (account.isEmpty()) {
            return Problems.response("not_found");
        }
        return switch (statements.of(account.get(), userId, asked, properties.mostEntries())) {
            case Outcome.Ready(Statement statement) -> {
                write(statement, format, language, response);
                yield null;
            }
            case Outcome.TooMany(long entries) -> tooMany(entries, properties.mostEntries());
            case Outcome.Gone gone -> gone();
        };
    }

    private void write(Statement statement, String format, @Nullable String language, HttpServletResponse response)
            throws IOException {
        boolean pdf = format.equals("pdf");
        response.setContentType(pdf ? "application/pdf" : "text/csv;charset=UTF-8");
        var first = statement.period().from().atZone(statement.period().zone()).toLocalDate();
        var last = statement.period().last().atZone(statement.period().zone()).toLocalDate();
        response.setHeader(
                "Content-Disposition", "attachment; filename=\"statement-" + first + "-" + last + "." + format + "\"");
        UnaryOperator<String> label = code -> words.say(code, language);
        var out = response.getOutputStream();
        var zone = statement.period().zone();
        Sheet sheet = pdf ? new PdfSheet(out, label, zone) : new CsvSheet(out, label, zone);
        statements.write(statement, sheet, language);
    }

    /** CSV, unless a PDF is more welcome by its name. */
    private static String preferred(@Nullable String accept) {
        try {
            var welcome = MediaType.parseMediaTypes(accept);
            return welcome(welcome, PDF) > welcome(welcome, CSV) ? "pdf" : "csv";
        } catch (InvalidMediaTypeException garbled) {
            return "csv";
        }
    }

    private static double welcome(List<MediaType> all, MediaType type) {
        return all.stream()
                .filter(type::equalsTypeAndSubtype)
                .mapToDouble(MediaType::getQualityValue)
                .max()
                .orElse(0);
    }

    private static StatsBody body(UUID userId, List<Sum> sums) {
        var periods = sums.stream().collect(Collectors.groupingBy(Sum::span, LinkedHashMap::new, Collectors.toList()));
        return new StatsBody(
                true,
                userId,
                byCategory(sums, Sum::spentMicro),
                byCategory(sums, Sum::receivedMicro),
                periods.entrySet().stream().map(StatementController::span).toList());
    }

    private static SumsBody span(Map.Entry<String, List<Sum>> span) {
        return new SumsBody(
                span.getKey(),
                byCategory(span.getValue(), Sum::spentMicro),
                byCategory(span.getValue(), Sum::receivedMicro));
    }

    private static SortedMap<String, BigDecimal> byCategory(List<Sum> sums, ToLongFunction<Sum> micro) {
        var byCategory = new TreeMap<String, BigDecimal>();
        for (var sum : sums) {
            long amount = micro.applyAsLong(sum);
            if (amount != 0) {
                byCategory.merge(sum.category(), BigDecimal.valueOf(amount, MICRO_DIGITS), BigDecimal::add);
            }
        }
        byCategory.replaceAll((category, amount) -> plain(amount));
        return byCategory;
    }

    private static BigDecimal plain(BigDecimal value) {
        var plain = value.stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    private static ResponseEntity<?> tooMany(long entries, int most) {
        return Problems.response("too_many_entries", "the period has " + entries + " entries, of at most " + most);
    }

    private static ResponseEntity<?> gone() {
        return Problems.response("not_found", "the entries of that time are not kept here");
    }
}
