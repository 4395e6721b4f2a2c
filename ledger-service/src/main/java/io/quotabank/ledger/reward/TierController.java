package io.quotabank.ledger.reward;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits/tiers")
class TierController {

    record TierBody(@Nullable String tier) {}

    private record PersonsTier(
            @JsonProperty("user_id") UUID userId,
            String tier,
            @JsonProperty("recharge_bonus") BigDecimal rechargeBonus) {}

    private static final int BASIS_POINT_DIGITS = 4;

    private final Accounts accounts;
    private final Tiers tiers;

    TierController(Accounts accounts, Tiers tiers) {
        this.accounts = accounts;
        this.tiers = tiers;
    }

    @GetMapping("/{userId}")
    ResponseEntity<?> tier(@PathVariable UUID userId, Caller caller) {
        boolean trusted = caller.isService() || caller.has("admin") || caller.has("auditor");
        if (!trusted && !caller.userId().equals(userId)) {
            return Problems.response("not_found");
        }
        var account = accounts.find(AccountCode.user(userId));
        return account.isEmpty() ? Problems.response("not_found") : answer(userId, tiers.of(account.get()));
    }

    @PutMapping("/{userId}")
    ResponseEntity<?> change(
            @PathVariable UUID userId,
            @RequestBody TierBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators set tiers");
        }
        var tier = tiers.named(String.valueOf(body.tier()));
        if (tier.isEmpty()) {
            throw new IllegalArgumentException("tier is bronze, silver or gold");
        }
        var account = accounts.find(AccountCode.user(userId));
        if (account.isEmpty()) {
            return Problems.response("not_found");
        }
        return tiers.change(account.get(), tier.get(), caller.subject(), key)
                .response(changed -> answer(userId, changed));
    }

    private static ResponseEntity<?> answer(UUID userId, Tiers.Tier tier) {
        var bonus =
                BigDecimal.valueOf(tier.rechargeBonusBp(), BASIS_POINT_DIGITS).stripTrailingZeros();
        return ResponseEntity.ok(new PersonsTier(userId, tier.name(), bonus));
    }
}
