package io.quotabank.ledger.reward;

import io.quotabank.ledger.grant.Grants;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits/invitation")
class InvitationController {

    record CodeBody(@Nullable String code) {}

    /** @param credits for each side once the invited person has recharged */
    private record InvitationBody(String code, long invited, BigDecimal credits) {}

    private record AcceptedBody(boolean success, BigDecimal credits) {}

    private final Grants grants;
    private final Invitations invitations;
    private final RewardProperties properties;

    InvitationController(Grants grants, Invitations invitations, RewardProperties properties) {
        this.grants = grants;
        this.invitations = invitations;
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
    ResponseEntity<?> accept(@RequestBody CodeBody body, Caller caller) {
        if (!caller.isPerson()) {
            return Problems.response("forbidden", "only people are invited");
        }
        if (body.code() == null) {
            throw new IllegalArgumentException("code is needed");
        }
        var account = grants.welcome(caller);
        return switch (invitations.accept(caller.userId(), account, body.code())) {
            case ACCEPTED -> ResponseEntity.ok(new AcceptedBody(true, credits()));
            case UNKNOWN -> Problems.response("invitation_unknown");
            case OWN -> Problems.response("invitation_own");
            case CIRCULAR -> Problems.response("invitation_circular");
            case TAKEN -> Problems.response("invitation_taken");
            case TOO_LATE -> Problems.response("invitation_too_late");
        };
    }

    private BigDecimal credits() {
        return properties.invitation().toDecimal();
    }
}
