package io.quotabank.ledger.grant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Gifts of administrators. */
@RestController
@RequestMapping("/api/credits/gifts")
class GiftController {

    /** @param expiresAt ms since 1970; absent for never */
    record GiftBody(
            @JsonProperty("user_id") @Nullable UUID userId,
            @Nullable BigDecimal credits,
            @Nullable String reason,
            @JsonProperty("expires_at") @Nullable Long expiresAt) {}

    /** @param balance after it */
    record Given(UUID id, Credits given, Credits balance) {}

    private record GivenBody(boolean success, UUID id, BigDecimal given, BigDecimal credits) {}

    private final Grants grants;
    private final Transfers transfers;
    private final Idempotency idempotency;
    private final Ids ids;
    private final GrantProperties properties;

    GiftController(Grants grants, Transfers transfers, Idempotency idempotency, Ids ids, GrantProperties properties) {
        this.grants = grants;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.ids = ids;
        this.properties = properties;
    }

    @PostMapping
    ResponseEntity<?> give(
            @RequestBody GiftBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators give credits");
        }
        if (body.userId() == null) {
            throw new IllegalArgumentException("user_id is needed");
        }
        var gift = gift(body, caller);
        var account = grants.vouchedFor(body.userId());
        var outcome = transfers.inTransaction(() -> key == null
                ? book(account, gift)
                : idempotency.once(
                        caller.subject(),
                        key,
                        Idempotency.digest("gift|" + body),
                        Given.class,
                        () -> book(account, gift)));
        return outcome.response(given -> ResponseEntity.ok(new GivenBody(
                true, given.id(), given.given().toDecimal(), given.balance().toDecimal())));
    }

    private Outcome<Given> book(AccountId account, Gift gift) {
        var books = transfers.lock(List.of(grants.issued(), account));
        var id = grants.give(books, account, gift).orElseThrow();
        transfers.post(books);
        return new Outcome.Done<>(new Given(id, gift.amount(), books.posted(account)));
    }

    private Gift gift(GiftBody body, Caller caller) {
        if (body.credits() == null || body.reason() == null) {
            throw new IllegalArgumentException("credits and reason are needed");
        }
        if (body.credits().compareTo(BigDecimal.valueOf(properties.mostGiven())) > 0) {
            throw new IllegalArgumentException("credits are at most " + properties.mostGiven());
        }
        return new Gift(
                "gift:" + ids.next(),
                Origin.GIFT,
                Credits.ofDecimal(body.credits()),
                body.expiresAt() == null ? null : Instant.ofEpochMilli(body.expiresAt()),
                body.reason(),
                caller.subject());
    }
}
