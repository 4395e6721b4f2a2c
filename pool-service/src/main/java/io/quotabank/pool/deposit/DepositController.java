package io.quotabank.pool.deposit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.pool.custody.ProviderSecret;
import io.quotabank.pool.deposit.Deposits.Claim;
import io.quotabank.pool.deposit.Deposits.Deposit;
import io.quotabank.pool.deposit.Deposits.Outcome;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/pool/deposits")
class DepositController {

    /** @param mode consignment where absent */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Request(
            @Nullable String provider,
            @Nullable ProviderSecret apiKey,
            @Nullable List<@Nullable String> models,
            @Nullable String baseUrl,
            @Nullable ClaimedQuota claimedQuota,
            @Nullable Instant quotaExpiresAt,
            @Nullable String mode) {

        Deposit by(UUID owner) {
            if (provider == null || apiKey == null || models == null) {
                throw new IllegalArgumentException("a deposit has provider, apiKey and models");
            }
            return new Deposit(
                    owner,
                    provider,
                    apiKey,
                    models.stream().map(Request::name).toList(),
                    baseUrl,
                    claimedQuota == null ? null : claimedQuota.claim(),
                    quotaExpiresAt,
                    mode == null ? Deposits.CONSIGNMENT : mode);
        }

        private static String name(@Nullable String model) {
            if (model == null) {
                throw new IllegalArgumentException("a model is a name");
            }
            return model;
        }
    }

    record ClaimedQuota(@Nullable BigDecimal usd, @Nullable Long tokens) {
        Claim claim() {
            if (usd != null && tokens == null) {
                return new Claim.Usd(usd);
            }
            if (tokens != null && usd == null) {
                return new Claim.Tokens(tokens);
            }
            throw new IllegalArgumentException("claimedQuota has either usd or tokens");
        }
    }

    private final Deposits deposits;
    private final DepositViews views;

    DepositController(Deposits deposits, DepositViews views) {
        this.deposits = deposits;
        this.views = views;
    }

    @PostMapping
    ResponseEntity<?> deposit(@RequestBody Request request, Caller caller) {
        if (caller.isService()) {
            return Problems.response("forbidden", "only a person deposits keys");
        }
        var deposit = request.by(caller.userId());
        try (var secret = deposit.secret()) {
            return switch (deposits.take(deposit)) {
                case Outcome.Taken taken ->
                    ResponseEntity.accepted()
                            .location(URI.create("/api/pool/deposits/" + taken.id()))
                            .body(views.show(taken.id()));
                case Outcome.Refused refused ->
                    Problems.response(refused.refusal().code(), refused.detail());
            };
        }
    }

    @GetMapping("/{id}")
    ResponseEntity<?> show(@PathVariable("id") UUID id, Caller caller) {
        return deposits.find(id)
                .filter(row -> caller.has("admin")
                        || caller.subject().equals(row.owner().toString()))
                .<ResponseEntity<?>>map(row -> ResponseEntity.ok(views.show(row.id())))
                .orElseGet(() -> Problems.response("not_found"));
    }
}
