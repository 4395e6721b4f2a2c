package io.quotabank.pool.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.pool.key.KeyView.AuditView;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.key.PoolKeys.Outcome;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** A person's own keys. Administrators and auditors see all, administrators change all; others find no key. */
@RestController
@RequestMapping("/api/pool/keys")
class KeyController {

    /** @param next where the next page begins; absent on the last */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Keys(List<KeyView> keys, @Nullable UUID next) {}

    /** @param next where the next page begins; absent on the last */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record AuditTrail(
            List<AuditView> audit, @Nullable UUID next) {}

    /** Why a change is asked for; may be left out. */
    record Reason(@Nullable String reason) {
        private static final int LONGEST = 200;

        Reason {
            if (reason != null && (reason.isBlank() || reason.length() > LONGEST)) {
                throw new IllegalArgumentException("a reason has 1 to 200 characters");
            }
        }
    }

    private final PoolKeys keys;
    private final KeyPages pages;
    private final KeyProperties properties;
    private final Clock clock;

    KeyController(PoolKeys keys, KeyPages pages, KeyProperties properties, Clock clock) {
        this.keys = keys;
        this.pages = pages;
        this.properties = properties;
        this.clock = clock;
    }

    /** @param scope {@code own}, or {@code all} for administrators and auditors */
    @GetMapping
    ResponseEntity<?> list(
            @RequestParam(name = "scope", defaultValue = "own") String scope,
            @RequestParam(name = "state", required = false) @Nullable String state,
            @RequestParam(name = "before", required = false) @Nullable UUID before,
            @RequestParam(name = "limit", defaultValue = "50") int limit,
            Caller caller) {
        if (!scope.equals("own") && !Access.seesAll(caller)) {
            return Problems.response("forbidden", "only an administrator lists other people's keys");
        }
        if (scope.equals("own") && caller.isService()) {
            return Problems.response("forbidden", "a service has no keys of its own");
        }
        var owner = scope.equals("own") ? caller.userId() : null;
        int size = size(limit);
        var now = clock.instant();
        var found = pages.keys(owner, state == null ? null : state(state), now, before, size + 1);
        var shown = found.stream().limit(size).map(key -> KeyView.of(key, now)).toList();
        return ResponseEntity.ok(
                new Keys(shown, found.size() > size ? shown.getLast().id() : null));
    }

    @GetMapping("/{id}")
    ResponseEntity<?> show(@PathVariable("id") UUID id, Caller caller) {
        return visible(id, caller, key -> ResponseEntity.ok(KeyView.of(key, clock.instant())));
    }

    @GetMapping("/{id}/audit")
    ResponseEntity<?> audit(
            @PathVariable("id") UUID id,
            @RequestParam(name = "before", required = false) @Nullable UUID before,
            @RequestParam(name = "limit", defaultValue = "50") int limit,
            Caller caller) {
        int size = size(limit);
        return visible(id, caller, key -> {
            var found = pages.audit(id, before, size + 1);
            var shown = found.stream().limit(size).map(AuditView::of).toList();
            return ResponseEntity.ok(
                    new AuditTrail(shown, found.size() > size ? shown.getLast().id() : null));
        });
    }

    @PatchMapping("/{id}")
    ResponseEntity<?> limit(@PathVariable("id") UUID id, @RequestBody JsonNode body, Caller caller) {
        var patch = new LimitsPatch(body);
        return change(id, caller, new Reason("limits changed"), (key, by) -> keys.limit(id, patch::apply, by));
    }

    @PostMapping("/{id}/pause")
    ResponseEntity<?> pause(
            @PathVariable("id") UUID id, @RequestBody(required = false) @Nullable Reason reason, Caller caller) {
        return change(id, caller, reason, (key, by) -> keys.pause(id, !Access.owns(caller, key), by));
    }

    @PostMapping("/{id}/resume")
    ResponseEntity<?> resume(
            @PathVariable("id") UUID id, @RequestBody(required = false) @Nullable Reason reason, Caller caller) {
        return change(id, caller, reason, (key, by) -> keys.resume(id, !Access.owns(caller, key), by));
    }

    @PostMapping("/{id}/withdraw")
    ResponseEntity<?> withdraw(
            @PathVariable("id") UUID id, @RequestBody(required = false) @Nullable Reason reason, Caller caller) {
        return change(id, caller, reason, (key, by) -> keys.withdraw(id, by));
    }

    private ResponseEntity<?> visible(UUID id, Caller caller, Function<Key, ResponseEntity<?>> answer) {
        return keys.find(id)
                .filter(key -> Access.sees(caller, key))
                .<ResponseEntity<?>>map(answer)
                .orElseGet(() -> Problems.response("not_found"));
    }

    private ResponseEntity<?> change(
            UUID id, Caller caller, @Nullable Reason reason, BiFunction<Key, By, Outcome> change) {
        var why = reason == null || reason.reason() == null ? "asked for" : reason.reason();
        return visible(id, caller, key -> {
            if (!Access.changes(caller, key)) {
                return Problems.response("forbidden", "an auditor changes nothing");
            }
            return switch (change.apply(key, new By(caller.subject(), why))) {
                case Outcome.Done done -> ResponseEntity.ok(KeyView.of(done.key(), clock.instant()));
                case Outcome.Refused refused ->
                    Problems.response(
                            "key_state_conflict",
                            "the key is " + refused.state().wire());
                case Outcome.Unknown unknown -> Problems.response("not_found");
            };
        });
    }

    private int size(int limit) {
        if (limit < 1 || limit > properties.pageSize()) {
            throw new IllegalArgumentException("limit is 1 to " + properties.pageSize());
        }
        return limit;
    }

    /** As the view tells it. */
    private static String state(String text) {
        boolean known = text.equals(KeyView.COOLING)
                || Arrays.stream(State.values()).anyMatch(state -> state.wire().equals(text));
        if (!known) {
            throw new IllegalArgumentException("state is one of "
                    + Stream.concat(Arrays.stream(State.values()).map(State::wire), Stream.of(KeyView.COOLING))
                            .collect(Collectors.joining(", ")));
        }
        return text;
    }
}
