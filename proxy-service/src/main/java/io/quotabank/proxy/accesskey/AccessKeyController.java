package io.quotabank.proxy.accesskey;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.proxy.accesskey.AccessKeys.Change;
import io.quotabank.proxy.accesskey.AccessKeys.Outcome;
import io.quotabank.proxy.accesskey.AccessKeys.Wish;
import io.quotabank.proxy.accesskey.Spendings.Spending;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A person's own access keys. An access key itself manages none: a leaked one must not make others. */
@RestController
@RequestMapping("/api/access-keys")
class AccessKeyController {

    record Request(
            @Nullable String name,
            @Nullable List<@Nullable String> models,
            @Nullable Instant expiresAt,
            @Nullable Limits cap) {

        Wish wish() {
            if (name == null) {
                throw new IllegalArgumentException("name is missing");
            }
            var asked = models == null ? List.<@Nullable String>of() : models;
            if (asked.stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("a model's name is missing");
            }
            return new Wish(
                    name,
                    asked.stream().map(String::valueOf).distinct().toList(),
                    expiresAt,
                    cap == null ? Limits.NONE : cap);
        }
    }

    /** @param cap the whole new cap; without a limit in it the key has none */
    record Patch(@Nullable Limits cap) {}

    private record Issued(@JsonUnwrapped AccessKey key, String secret) {}

    /** @param spent of a key with a cap, while the ledger answers */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Shown(
            @JsonUnwrapped AccessKey key, @Nullable Spending spent) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Page(List<Shown> items, @Nullable UUID next) {}

    private final AccessKeys keys;
    private final Spendings spendings;
    private final AccessKeyProperties settings;

    AccessKeyController(AccessKeys keys, Spendings spendings, AccessKeyProperties settings) {
        this.keys = keys;
        this.spendings = spendings;
        this.settings = settings;
    }

    @PostMapping
    ResponseEntity<?> issue(@RequestBody Request request, Caller caller) {
        return asPerson(caller, () -> switch (keys.issue(caller.userId(), request.wish())) {
            case Outcome.Issued(var key, var secret) ->
                ResponseEntity.created(URI.create("/api/access-keys/" + key.id()))
                        .header("Cache-Control", "no-store")
                        .body(new Issued(key, secret));
            case Outcome.TooMany(int most) ->
                Problems.response("too_many_access_keys", "at most " + most + " keys can be live at once");
            case Outcome.AlreadyExpired expired -> Problems.response("malformed_request", "expiresAt is in the past");
        });
    }

    @GetMapping
    ResponseEntity<?> list(
            @RequestParam(name = "cursor", required = false) @Nullable UUID cursor,
            @RequestParam(name = "limit", defaultValue = "50") int limit,
            Caller caller) {
        if (limit < 1 || limit > settings.pageSize()) {
            throw new IllegalArgumentException("limit is 1 to " + settings.pageSize());
        }
        return asPerson(caller, () -> {
            var found = keys.list(caller.userId(), cursor, limit + 1);
            var shown = found.subList(0, Math.min(limit, found.size()));
            var next = found.size() > limit ? shown.getLast().id() : null;
            return ResponseEntity.ok(new Page(shown(shown), next));
        });
    }

    @GetMapping("/{id}")
    ResponseEntity<?> show(@PathVariable("id") UUID id, Caller caller) {
        return asPerson(
                caller,
                () -> keys.find(caller.userId(), id)
                        .<ResponseEntity<?>>map(key -> ResponseEntity.ok(shown(key)))
                        .orElseGet(() -> Problems.response("not_found")));
    }

    @PatchMapping("/{id}")
    ResponseEntity<?> limit(@PathVariable("id") UUID id, @RequestBody Patch patch, Caller caller) {
        var limits = patch.cap();
        if (limits == null) {
            throw new IllegalArgumentException("cap is missing");
        }
        return asPerson(caller, () -> switch (keys.limit(caller.userId(), id, limits)) {
            case Change.Changed(var key) -> ResponseEntity.ok(shown(key));
            case Change.NoSuchKey none -> Problems.response("not_found");
            case Change.Revoked revoked -> Problems.response("conflict", "the key is revoked");
        });
    }

    @DeleteMapping("/{id}")
    ResponseEntity<?> revoke(@PathVariable("id") UUID id, Caller caller) {
        return asPerson(
                caller,
                () -> keys.revoke(caller.userId(), id)
                        ? ResponseEntity.noContent().build()
                        : Problems.response("not_found"));
    }

    private Shown shown(AccessKey key) {
        return shown(List.of(key)).getFirst();
    }

    private List<Shown> shown(List<AccessKey> found) {
        var spent = spendings.of(found);
        return found.stream().map(key -> new Shown(key, spent.get(key.id()))).toList();
    }

    private static ResponseEntity<?> asPerson(Caller caller, Supplier<ResponseEntity<?>> answer) {
        return caller.isService() || caller.accessKeyId() != null
                ? Problems.response("forbidden", "access keys are managed by a signed-in person")
                : answer.get();
    }
}
