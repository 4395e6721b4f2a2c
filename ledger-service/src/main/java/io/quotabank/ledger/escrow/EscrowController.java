package io.quotabank.ledger.escrow;

import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.credit.Words;
import io.quotabank.ledger.escrow.EscrowBody.DoneBody;
import io.quotabank.ledger.escrow.EscrowBody.ExtendBody;
import io.quotabank.ledger.escrow.EscrowBody.HoldBody;
import io.quotabank.ledger.escrow.EscrowBody.OpenBody;
import io.quotabank.ledger.escrow.EscrowBody.PageBody;
import io.quotabank.ledger.escrow.EscrowBody.SettleBody;
import io.quotabank.ledger.escrow.EscrowBody.SettlementBody;
import io.quotabank.ledger.escrow.EscrowStore.Filter;
import io.quotabank.ledger.escrow.Escrows.Party;
import io.quotabank.ledger.hold.Hold.Status;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Holds for applications: a subject with the role {@code service}, outside or one of the platform's own. */
@RestController
@RequestMapping("/api/credits/holds")
class EscrowController {

    private static final String KEY = "Idempotency-Key";
    private static final String LANGUAGE = "Accept-Language";

    private final Escrows escrows;
    private final EscrowStore store;
    private final Accounts accounts;
    private final Words words;
    private final Ids ids;
    private final EscrowProperties properties;

    EscrowController(
            Escrows escrows, EscrowStore store, Accounts accounts, Words words, Ids ids, EscrowProperties properties) {
        this.escrows = escrows;
        this.store = store;
        this.accounts = accounts;
        this.words = words;
        this.ids = ids;
        this.properties = properties;
    }

    @PostMapping
    ResponseEntity<?> open(
            @RequestBody OpenBody body,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestHeader(name = LANGUAGE, required = false) @Nullable String language,
            Caller caller) {
        if (!mayHold(caller)) {
            return Problems.response("forbidden", "only applications and administrators open holds");
        }
        var open = body.told();
        if (open.kind() == Escrow.Kind.PURCHASE && !caller.isService() && !caller.has("admin")) {
            return Problems.response("forbidden", "only the platform's own services open purchases");
        }
        return answer(escrows.open(open, caller.subject(), key), language);
    }

    @PostMapping("/{id}/extend")
    ResponseEntity<?> extend(
            @PathVariable UUID id,
            @RequestBody ExtendBody body,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestHeader(name = LANGUAGE, required = false) @Nullable String language,
            Caller caller) {
        return answer(escrows.extend(id, body.told(), party(caller), key), language);
    }

    @PostMapping("/{id}/settle")
    ResponseEntity<?> settle(
            @PathVariable UUID id,
            @RequestBody SettleBody body,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestHeader(name = LANGUAGE, required = false) @Nullable String language,
            Caller caller) {
        // A key makes the settlement known for ever, and not for the seven days that answers are kept.
        var settlement =
                key == null ? ids.next().toString() : "key:" + Idempotency.digest(caller.subject() + ":" + key);
        return answer(escrows.settle(id, body.told(settlement), party(caller), key), language);
    }

    @PostMapping("/{id}/release")
    ResponseEntity<?> release(
            @PathVariable UUID id,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestHeader(name = LANGUAGE, required = false) @Nullable String language,
            Caller caller) {
        return answer(escrows.release(id, party(caller), key), language);
    }

    @GetMapping("/{id}")
    ResponseEntity<?> get(@PathVariable UUID id, Caller caller) {
        var found = store.find(id).map(EscrowStore.Seen::hold).filter(hold -> maySee(hold, caller));
        return found.isPresent() ? ResponseEntity.ok(HoldBody.of(found.get())) : Problems.response("not_found");
    }

    /** A person lists their own, an application those that it opened, administrators and auditors any. */
    @GetMapping
    ResponseEntity<?> list(
            @RequestParam(name = "user_id", required = false) @Nullable UUID userId,
            @RequestParam(required = false) @Nullable String application,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable UUID cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            Caller caller) {
        int size = limit == null ? properties.page() : limit;
        if (size < 1 || size > properties.largestPage()) {
            throw new IllegalArgumentException("limit is 1 to " + properties.largestPage());
        }
        var wanted = status == null ? null : status(status);
        var person = userId;
        var opener = application;
        if (!looksAfterAll(caller)) {
            if (caller.has("service")) {
                opener = application == null ? caller.subject() : application;
            } else {
                person = userId == null ? caller.userId() : userId;
            }
            if (!caller.subject().equals(caller.has("service") ? opener : String.valueOf(person))) {
                return Problems.response("not_found");
            }
        }
        if (person == null && opener == null) {
            throw new IllegalArgumentException("user_id or application is needed");
        }
        var account =
                person == null ? null : accounts.find(AccountCode.user(person)).orElse(null);
        return person != null && account == null
                ? ResponseEntity.ok(new PageBody(List.of(), null))
                : ResponseEntity.ok(page(account, opener, wanted, cursor, size));
    }

    private PageBody page(
            @Nullable AccountId account,
            @Nullable String application,
            @Nullable Status status,
            @Nullable UUID cursor,
            int size) {
        // One more tells whether there is a next page.
        var found = store.list(new Filter(account, application, status, cursor, size + 1));
        var page = found.stream().limit(size).toList();
        return new PageBody(
                page.stream().map(HoldBody::of).toList(),
                found.size() > size ? page.getLast().id() : null);
    }

    private ResponseEntity<?> answer(Outcome<EscrowAnswer> outcome, @Nullable String language) {
        return outcome.response(answer -> answer(answer, language));
    }

    private ResponseEntity<?> answer(EscrowAnswer answer, @Nullable String language) {
        return switch (answer) {
            case EscrowAnswer.Stands done ->
                ResponseEntity.ok(new DoneBody(
                        true,
                        HoldBody.of(done.hold()),
                        SettlementBody.of(done.settlement()),
                        done.posted().toDecimal(),
                        done.available().toDecimal()));
            case EscrowAnswer.Unknown unknown -> Problems.response("not_found");
            case EscrowAnswer.Ended(Status status) ->
                Problems.response("hold_ended", words.say("hold.ended." + status.wire(), language));
            case EscrowAnswer.TooLittle(var available, var needed) -> words.tooLittle(available, needed, language);
            case EscrowAnswer.Exceeded(var left, var asked) ->
                Problems.response("hold_exceeded", words.say("hold.exceeded", language, left, asked));
            case EscrowAnswer.TooLate(var until) ->
                Problems.response("hold_expired", "it could be settled late until " + until);
            case EscrowAnswer.NoSuchSplit unknown -> Problems.response("split_unknown");
            case EscrowAnswer.Reused reused ->
                Problems.response("idempotency_key_reused", "the settlement_id came with another body before");
        };
    }

    private static Status status(String wire) {
        for (var status : Status.values()) {
            if (status.wire().equals(wire)) {
                return status;
            }
        }
        throw new IllegalArgumentException("status is active, exhausted, released or expired");
    }

    private static Party party(Caller caller) {
        return new Party(caller.subject(), caller.has("admin"));
    }

    private static boolean mayHold(Caller caller) {
        return caller.has("service") || caller.has("admin");
    }

    private static boolean looksAfterAll(Caller caller) {
        return caller.has("admin") || caller.has("auditor");
    }

    private static boolean maySee(Escrow hold, Caller caller) {
        return looksAfterAll(caller)
                || hold.application().equals(caller.subject())
                || hold.person().toString().equals(caller.subject());
    }
}
