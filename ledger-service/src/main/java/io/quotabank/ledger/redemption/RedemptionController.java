package io.quotabank.ledger.redemption;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.redemption.Redemptions.Batch;
import io.quotabank.ledger.redemption.Redemptions.Tried;
import io.quotabank.ledger.text.Text;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits")
class RedemptionController {

    /**
     * @param codesExpireAt ms since 1970
     * @param creditsLiveDays absent for ever
     */
    record BatchBody(
            @Nullable Integer count,
            @Nullable BigDecimal credits,
            @JsonProperty("codes_expire_at") @Nullable Long codesExpireAt,
            @JsonProperty("credits_live_days") @Nullable Integer creditsLiveDays,
            @Nullable String reason) {}

    record CodeBody(@Nullable String code) {}

    record MadeBody(UUID batch, List<String> codes) {}

    private record RedeemedBody(boolean success, BigDecimal given, BigDecimal credits) {}

    private static final int MOST_DAYS = 36_500;
    private static final int LONGEST_REASON = 200;
    private static final int LONGEST_CODE = 100;
    private static final MediaType CSV = new MediaType("text", "csv");

    private final Redemptions redemptions;
    private final Grants grants;
    private final Transfers transfers;
    private final Idempotency idempotency;
    private final RedemptionProperties properties;

    RedemptionController(
            Redemptions redemptions,
            Grants grants,
            Transfers transfers,
            Idempotency idempotency,
            RedemptionProperties properties) {
        this.redemptions = redemptions;
        this.grants = grants;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.properties = properties;
    }

    /** What is kept of a batch under a key does not tell its codes: they are shown once. */
    @PostMapping("/codes")
    ResponseEntity<?> make(
            @RequestBody BatchBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators make codes");
        }
        var batch = batch(body);
        var codes = new ArrayList<Code>();
        var made = transfers.inTransaction(() -> {
            codes.clear();
            return key == null
                    ? make(batch, caller, codes)
                    : idempotency.once(
                            caller.subject(),
                            key,
                            Idempotency.digest("codes|" + batch),
                            UUID.class,
                            () -> make(batch, caller, codes));
        });
        return made.response(id ->
                codes.isEmpty() ? Problems.response("codes_shown_before", "batch " + id) : shown(id, codes, accept));
    }

    private Outcome<UUID> make(Batch batch, Caller caller, List<Code> codes) {
        var id = redemptions.newBatch();
        codes.addAll(redemptions.make(id, batch, caller.subject()));
        return new Outcome.Done<>(id);
    }

    private static ResponseEntity<?> shown(UUID batch, List<Code> codes, @Nullable String accept) {
        var texts = codes.stream().map(Code::text).toList();
        if (accept != null && accept.startsWith(CSV.toString())) {
            return ResponseEntity.ok()
                    .contentType(CSV)
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .body(texts.stream().collect(Collectors.joining("\r\n", "code\r\n", "\r\n")));
        }
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(new MadeBody(batch, texts));
    }

    private Batch batch(BatchBody body) {
        if (body.count() == null || body.credits() == null || body.codesExpireAt() == null || body.reason() == null) {
            throw new IllegalArgumentException("count, credits, codes_expire_at and reason are needed");
        }
        if (body.count() < 1 || body.count() > properties.mostCodes()) {
            throw new IllegalArgumentException("count is 1 to " + properties.mostCodes());
        }
        if (body.credits().signum() <= 0
                || body.credits().compareTo(BigDecimal.valueOf(properties.mostCredits())) > 0) {
            throw new IllegalArgumentException("credits are above zero and at most " + properties.mostCredits());
        }
        Text.required("a reason", body.reason(), LONGEST_REASON);
        var days = body.creditsLiveDays();
        if (days != null && (days < 1 || days > MOST_DAYS)) {
            throw new IllegalArgumentException("credits_live_days is 1 to " + MOST_DAYS);
        }
        return new Batch(
                body.count(),
                Credits.ofDecimal(body.credits()),
                Instant.ofEpochMilli(body.codesExpireAt()),
                days == null ? null : Duration.ofDays(days),
                body.reason());
    }

    @PostMapping("/redeem")
    ResponseEntity<?> redeem(
            @RequestBody CodeBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.isPerson()) {
            return Problems.response("forbidden", "only people redeem codes");
        }
        if (body.code() == null || body.code().length() > LONGEST_CODE) {
            throw new IllegalArgumentException("code is needed, of at most " + LONGEST_CODE + " characters");
        }
        var person = caller.userId();
        var account = grants.welcome(caller);
        var code = Code.read(body.code());
        var outcome = transfers.inTransaction(() -> idempotency.once(
                caller.subject(),
                key,
                Idempotency.digest("redeem|" + code.hash()),
                Tried.Redeemed.class,
                () -> new Outcome.Done<>(redemptions.redeem(person, account, code))));
        return outcome.response(RedemptionController::answer);
    }

    private static ResponseEntity<?> answer(Tried tried) {
        return switch (tried) {
            case Tried.TooOften(Duration until) ->
                ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                        .header(HttpHeaders.RETRY_AFTER, Long.toString(until.toSeconds() + 1))
                        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                        .body(Problems.of("too_many_redemptions"));
            case Tried.Redeemed(Credits given, Credits balance) ->
                given.isZero()
                        ? Problems.response("code_refused")
                        : ResponseEntity.ok(new RedeemedBody(true, given.toDecimal(), balance.toDecimal()));
        };
    }
}
