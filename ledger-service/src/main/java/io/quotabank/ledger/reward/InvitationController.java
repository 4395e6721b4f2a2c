package io.quotabank.ledger.reward;

import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.text.Text;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits/invitation")
class InvitationController {

    private static final int LONGEST_CODE = 100;

    record CodeBody(@Nullable String code) {}

    /** @param credits for each side once the invited person has recharged */
    private record InvitationBody(String code, long invited, BigDecimal credits) {}

    private record AcceptedBody(boolean success, BigDecimal credits) {}

    /** What the caller hears; an acceptance is kept under the caller's key. */
    private sealed interface Answer {

        record Accepted(BigDecimal credits) implements Answer {}

        record Refused(String code) implements Answer {}
    }

    private final Grants grants;
    private final Invitations invitations;
    private final Transfers transfers;
    private final Idempotency idempotency;
    private final RewardProperties properties;

    InvitationController(
            Grants grants,
            Invitations invitations,
            Transfers transfers,
            Idempotency idempotency,
            RewardProperties properties) {
        this.grants = grants;
        this.invitations = invitations;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.properties = properties;
    }

    @GetMapping
    ResponseEntity<?> own(Caller caller) {
        if (!caller.isPerson()) {
            return Problems.response("forbidden", "only people invite");
        }
        var person = caller.userId();
        grants.welcome(caller);
        return ResponseEntity.ok(
                new InvitationBody(invitations.codeOf(person), invitations.invitedBy(person), credits()));
    }

    @PostMapping
    ResponseEntity<?> accept(
            @RequestBody CodeBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.isPerson()) {
            return Problems.response("forbidden", "only people are invited");
        }
        var code = body.code();
        if (code == null) {
            throw new IllegalArgumentException("code is needed");
        }
        Text.optional("code", code, LONGEST_CODE);
        var account = grants.welcome(caller);
        var outcome = transfers.inTransaction(() -> idempotency.once(
                caller.subject(),
                key,
                Idempotency.digest("invitation|" + code),
                Answer.Accepted.class,
                () -> new Outcome.Done<>(answer(invitations.accept(caller.userId(), account, code)))));
        return outcome.response(answer -> switch (answer) {
            case Answer.Accepted(BigDecimal credits) -> ResponseEntity.ok(new AcceptedBody(true, credits));
            case Answer.Refused(String why) -> Problems.response(why);
        });
    }

    private Answer answer(Invitations.Outcome outcome) {
        return switch (outcome) {
            case ACCEPTED -> new Answer.Accepted(credits());
            case UNKNOWN -> new Answer.Refused("invitation_unknown");
            case OWN -> new Answer.Refused("invitation_own");
            case CIRCULAR -> new Answer.Refused("invitation_circular");
            case TAKEN -> new Answer.Refused("invitation_taken");
            case TOO_LATE -> new Answer.Refused("invitation_too_late");
        };
    }

    private BigDecimal credits() {
        return properties.invitation().toDecimal();
    }
}
