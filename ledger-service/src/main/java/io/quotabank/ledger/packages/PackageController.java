package io.quotabank.ledger.packages;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.packages.CreditPackages.Change;
import io.quotabank.ledger.packages.CreditPackages.CreditPackage;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.util.List;
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
@RequestMapping("/api/credits/packages")
class PackageController {

    /** @param amount in fen */
    private record PackageBody(
            UUID id,
            String name,
            long amount,
            BigDecimal credits,
            BigDecimal bonus,
            @JsonProperty("is_active") boolean active) {}

    private record PackagesBody(boolean success, List<PackageBody> packages) {}

    record ChangeBody(
            @Nullable String name,
            @Nullable Long amount,
            @Nullable BigDecimal credits,
            @Nullable BigDecimal bonus,
            @JsonProperty("is_active") @Nullable Boolean active) {}

    private final CreditPackages packages;

    PackageController(CreditPackages packages) {
        this.packages = packages;
    }

    /** Administrators see those as well that are no longer offered. */
    @GetMapping
    ResponseEntity<?> all(Caller caller) {
        var offered = packages.all(caller.has("admin")).stream()
                .map(PackageController::body)
                .toList();
        return ResponseEntity.ok(new PackagesBody(true, offered));
    }

    @PutMapping("/{id}")
    ResponseEntity<?> put(
            @PathVariable UUID id,
            @RequestBody ChangeBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators change packages");
        }
        if (body.name() == null || body.amount() == null || body.credits() == null) {
            throw new IllegalArgumentException("name, amount and credits are needed");
        }
        var changed = new CreditPackage(
                id,
                body.name(),
                body.amount(),
                Credits.ofDecimal(body.credits()),
                body.bonus() == null ? Credits.ZERO : Credits.ofDecimal(body.bonus()),
                body.active() == null || body.active());
        return packages.put(changed, caller.subject(), key).response(change -> switch (change) {
            case Change.Made(CreditPackage now) -> ResponseEntity.ok(body(now));
            case Change.SamePrice same -> Problems.response("conflict", "another package of this price is offered");
        });
    }

    private static PackageBody body(CreditPackage offered) {
        return new PackageBody(
                offered.id(),
                offered.name(),
                offered.amountFen(),
                offered.credits().toDecimal(),
                offered.bonus().toDecimal(),
                offered.active());
    }
}
