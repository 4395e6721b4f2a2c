package io.quotabank.ledger.credit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.credit.Recharges.Recharge;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits")
class CreditController {

    private record Expiring(BigDecimal amount, long at) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record BalanceBody(
            boolean success,
            @JsonProperty("user_id") UUID userId,
            BigDecimal credits,
            @Nullable String username,
            @Nullable String email,
            BigDecimal held,
            BigDecimal debt,
            List<Expiring> expiring) {}

    private record PastBalanceBody(
            boolean success, @JsonProperty("user_id") UUID userId, BigDecimal credits, long at) {}

    private record EntryBody(
            UUID id, String action, BigDecimal amount, BigDecimal balanceAfter, String description, long createdAt) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record HistoryBody(
            List<EntryBody> history, @Nullable String next) {}

    record RechargeBody(
            @JsonProperty("user_id") @Nullable UUID userId,
            @Nullable BigDecimal amount,
            @Nullable BigDecimal credits,
            @JsonProperty("payment_method") @Nullable String paymentMethod,
            @JsonProperty("order_id") @Nullable String orderId,
            @JsonProperty("package_id") @Nullable UUID packageId) {}

    private record RechargedBody(
            boolean success, BigDecimal credits, BigDecimal recharged, BigDecimal amount, String message) {}

    private static final int MICRO_DIGITS = 6;
    private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");
    // In 1973; what is less are seconds.
    private static final long LEAST_MILLIS = 100_000_000_000L;

    private final Access access;
    private final Balances balances;
    private final Past past;
    private final History history;
    private final Recharges recharges;
    private final Purchases purchases;
    private final Words words;
    private final CreditProperties properties;
    private final Clock clock;

    CreditController(
            Access access,
            Balances balances,
            Past past,
            History history,
            Recharges recharges,
            Purchases purchases,
            Words words,
            CreditProperties properties,
            Clock clock) {
        this.access = access;
        this.balances = balances;
        this.past = past;
        this.history = history;
        this.recharges = recharges;
        this.purchases = purchases;
        this.words = words;
        this.properties = properties;
        this.clock = clock;
    }

    /** Of the caller where the path names nobody, here and below. */
    @GetMapping({"/balance", "/balance/{userId}"})
    ResponseEntity<?> balance(
            @PathVariable(name = "userId", required = false) @Nullable UUID named,
            @RequestParam(required = false) @Nullable String at,
            Caller caller) {
        var userId = Access.meant(named, caller);
        var instant = at == null ? null : instant(at);
        var account = access.readable(userId, caller);
        if (account.isEmpty()) {
            return Problems.response("not_found");
        }
        if (instant != null) {
            return past.at(account.get(), instant)
                    .<ResponseEntity<?>>map(standing -> ResponseEntity.ok(
                            new PastBalanceBody(true, userId, standing.balance().toDecimal(), instant.toEpochMilli())))
                    .orElseGet(() -> Problems.response("not_found", "the entries of that time are not kept here"));
        }
        boolean own = Access.own(userId, caller);
        var balance = balances.of(account.get());
        return ResponseEntity.ok(new BalanceBody(
                true,
                userId,
                balance.posted().toDecimal(),
                own ? caller.name() : null,
                own ? caller.email() : null,
                balance.held().toDecimal(),
                balance.debt().toDecimal(),
                balance.expiring().stream()
                        .map(part -> new Expiring(
                                part.amount().toDecimal(), part.at().toEpochMilli()))
                        .toList()));
    }

    @GetMapping({"/history", "/history/{userId}"})
    ResponseEntity<?> history(
            @PathVariable(name = "userId", required = false) @Nullable UUID named,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestHeader(name = "Accept-Language", required = false) @Nullable String language,
            Caller caller) {
        var userId = Access.meant(named, caller);
        int size = limit == null ? properties.page() : limit;
        if (size < 1 || size > properties.largestPage()) {
            throw new IllegalArgumentException("limit is 1 to " + properties.largestPage());
        }
        long before = before(cursor);
        var account = access.readable(userId, caller);
        if (account.isEmpty()) {
            return Problems.response("not_found");
        }
        var page = history.page(account.get(), before, size);
        // The first entry of an account has the sequence 1: nothing comes after it.
        var next = page.size() == size && page.getLast().seq() > 1
                ? Long.toString(page.getLast().seq())
                : null;
        return ResponseEntity.ok(new HistoryBody(
                page.stream().map(entry -> body(entry, language)).toList(), next));
    }

    /** Entries stay: by rule of the books, whoever asks. */
    @DeleteMapping("/history/{id}")
    ResponseEntity<?> delete(@PathVariable String id) {
        return Problems.response("history_immutable");
    }

    @PostMapping("/recharge")
    ResponseEntity<?> recharge(
            @RequestBody RechargeBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestHeader(name = "Accept-Language", required = false) @Nullable String language,
            Caller caller) {
        if (!Access.manages(caller)) {
            return purchases.open(body, key, caller);
        }
        var recharge = recharge(body);
        return recharges
                .book(recharge, caller.subject(), key)
                .response(booked -> ResponseEntity.ok(new RechargedBody(
                        true,
                        booked.balance().toDecimal(),
                        booked.recharged().toDecimal(),
                        plain(recharge.amountYuan()),
                        words.recharged(booked.recharged(), booked.balance(), language))));
    }

    private Recharge recharge(RechargeBody body) {
        if (body.userId() == null || body.credits() == null) {
            throw new IllegalArgumentException("user_id and credits are needed");
        }
        if (body.credits().compareTo(BigDecimal.valueOf(properties.mostRecharged())) > 0) {
            throw new IllegalArgumentException("credits are at most " + properties.mostRecharged());
        }
        return new Recharge(
                body.userId(),
                Credits.ofDecimal(body.credits()),
                body.amount() == null ? BigDecimal.ZERO : body.amount(),
                body.paymentMethod() == null ? null : PaymentMethod.of(body.paymentMethod()),
                body.orderId());
    }

    private EntryBody body(History.Entry entry, @Nullable String language) {
        return new EntryBody(
                entry.transfer(),
                entry.action(),
                decimal(entry.amountMicro()),
                decimal(entry.balanceAfterMicro()),
                words.describe(entry, language),
                entry.at().toEpochMilli());
    }

    private static BigDecimal decimal(long micro) {
        return plain(BigDecimal.valueOf(micro, MICRO_DIGITS));
    }

    private static BigDecimal plain(BigDecimal value) {
        var plain = value.stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    private Instant instant(String at) {
        boolean millis = MILLIS.matcher(at).matches();
        if (millis && Long.parseLong(at) < LEAST_MILLIS) {
            throw new IllegalArgumentException("at is milliseconds since 1970, not seconds");
        }
        try {
            var instant = millis ? Instant.ofEpochMilli(Long.parseLong(at)) : Instant.parse(at);
            if (!instant.isAfter(clock.instant()) && !instant.isBefore(Instant.EPOCH)) {
                return instant;
            }
        } catch (DateTimeParseException | NumberFormatException malformed) {
            // Told below.
        }
        throw new IllegalArgumentException("at is a past instant: ms since 1970, or as 2026-01-31T12:00:00Z");
    }

    private static long before(@Nullable String cursor) {
        if (cursor == null) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("cursor is not one that this service gave");
        }
    }
}
