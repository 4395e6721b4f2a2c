package io.quotabank.ledger.consumption;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.consumption.Consumptions.Consumed;
import io.quotabank.ledger.consumption.Refunds.Refund;
import io.quotabank.ledger.consumption.Refunds.Refunded;
import io.quotabank.ledger.credit.Access;
import io.quotabank.ledger.credit.Words;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits")
class ConsumptionController {

    record ConsumeBody(
            @JsonProperty("user_id") @Nullable UUID userId,
            @Nullable BigDecimal amount,
            @Nullable String action,
            @Nullable String description,
            @JsonProperty("order_id") @Nullable String orderId) {}

    private record ConsumedBody(boolean success, UUID id, BigDecimal credits, BigDecimal consumed, String message) {}

    record RefundBody(@Nullable BigDecimal amount, @Nullable String reason) {}

    /** @param expired of what was refunded: what went back to gifts whose time is over */
    private record RefundedBody(
            boolean success, UUID id, BigDecimal credits, BigDecimal refunded, BigDecimal expired, String message) {}

    private static final String NOT_YOURS = "only the one who made a consumption refunds it";

    private final Consumptions consumptions;
    private final Refunds refunds;
    private final Words words;
    private final ConsumptionProperties properties;

    ConsumptionController(Consumptions consumptions, Refunds refunds, Words words, ConsumptionProperties properties) {
        this.consumptions = consumptions;
        this.refunds = refunds;
        this.words = words;
        this.properties = properties;
    }

    @PostMapping("/consume")
    ResponseEntity<?> consume(
            @RequestBody ConsumeBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestHeader(name = "Accept-Language", required = false) @Nullable String language,
            Caller caller) {
        if (!Access.manages(caller)) {
            return Problems.response("forbidden", "only applications and administrators consume credits");
        }
        return consumptions.consume(consume(body), caller.subject(), key).response(answer -> answer(answer, language));
    }

    private ResponseEntity<?> answer(Consumptions.Answer answer, @Nullable String language) {
        return switch (answer) {
            case Consumed consumed -> ResponseEntity.ok(body(consumed, language));
            case Consumptions.TooLittle(Credits available, Credits needed) ->
                words.tooLittle(available, needed, language);
            case Consumptions.PriceDiffers(Credits price) ->
                Problems.response("action_price_differs", "the price is " + price);
            case Consumptions.Unknown unknown -> Problems.response("not_found");
            case Consumptions.NotPriced notPriced -> Problems.response("action_not_priced");
        };
    }

    @PostMapping("/consumptions/{id}/refund")
    ResponseEntity<?> refund(
            @PathVariable UUID id,
            @RequestBody(required = false) @Nullable RefundBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestHeader(name = "Accept-Language", required = false) @Nullable String language,
            Caller caller) {
        if (!Access.manages(caller)) {
            return Problems.response("forbidden", NOT_YOURS);
        }
        var refund = body == null ? new Refund(id, null, null) : new Refund(id, credits(body.amount()), body.reason());
        return refunds.refund(refund, caller.subject(), key).response(answer -> answer(answer, language));
    }

    private ResponseEntity<?> answer(Refunds.Answer answer, @Nullable String language) {
        return switch (answer) {
            case Refunded refunded -> ResponseEntity.ok(body(refunded, language));
            case Refunds.Unknown unknown -> Problems.response("not_found");
            case Refunds.NotYours notYours -> Problems.response("forbidden", NOT_YOURS);
            case Refunds.RefundedBefore before -> Problems.response("consumption_refunded");
            case Refunds.TooMuch(Credits consumed) ->
                Problems.response("refund_too_large", "the consumption took " + consumed);
        };
    }

    private Consume consume(ConsumeBody body) {
        if (body.userId() == null || body.action() == null) {
            throw new IllegalArgumentException("user_id and action are needed");
        }
        return new Consume(body.userId(), credits(body.amount()), body.action(), body.description(), body.orderId());
    }

    private @Nullable Credits credits(@Nullable BigDecimal amount) {
        if (amount == null) {
            return null;
        }
        var credits = Credits.ofDecimal(amount);
        if (credits.compareTo(Credits.of(properties.most())) > 0) {
            throw new IllegalArgumentException("amount is at most " + properties.most());
        }
        return credits;
    }

    private ConsumedBody body(Consumed consumed, @Nullable String language) {
        return new ConsumedBody(
                true,
                consumed.id(),
                consumed.balance().toDecimal(),
                consumed.consumed().toDecimal(),
                words.say("consumed", language, consumed.consumed(), consumed.balance()));
    }

    private RefundedBody body(Refunded refunded, @Nullable String language) {
        var expired = refunded.expired() == null ? Credits.ZERO : refunded.expired();
        var message = expired.isZero()
                ? words.say("refunded", language, refunded.refunded(), refunded.balance())
                : words.say("refunded.expired", language, refunded.refunded(), refunded.balance(), expired);
        return new RefundedBody(
                true,
                refunded.id(),
                refunded.balance().toDecimal(),
                refunded.refunded().toDecimal(),
                expired.toDecimal(),
                message);
    }
}
