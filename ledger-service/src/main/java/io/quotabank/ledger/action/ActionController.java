package io.quotabank.ledger.action;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.action.Actions.Action;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/credits/actions")
class ActionController {

    private record ActionBody(String name, BigDecimal amount, long version, long since) {}

    private record ActionsBody(List<ActionBody> actions) {}

    record PriceBody(@Nullable BigDecimal amount) {}

    private final Actions actions;

    ActionController(Actions actions) {
        this.actions = actions;
    }

    @GetMapping
    ResponseEntity<?> all() {
        return ResponseEntity.ok(new ActionsBody(
                actions.all().stream().map(ActionController::body).toList()));
    }

    @PutMapping("/{name}")
    ResponseEntity<?> set(
            @PathVariable String name,
            @RequestBody PriceBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators price actions");
        }
        if (body.amount() == null) {
            throw new IllegalArgumentException("amount is needed");
        }
        return actions.set(name, Credits.ofDecimal(body.amount()), caller.subject(), key)
                .response(action -> ResponseEntity.ok(body(action)));
    }

    @DeleteMapping("/{name}")
    ResponseEntity<?> withdraw(
            @PathVariable String name,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators price actions");
        }
        return actions.withdraw(name, caller.subject(), key)
                .response(had -> had ? ResponseEntity.noContent().build() : Problems.response("not_found"));
    }

    private static ActionBody body(Action action) {
        return new ActionBody(
                action.name(),
                action.price().toDecimal(),
                action.version(),
                action.since().toEpochMilli());
    }
}
