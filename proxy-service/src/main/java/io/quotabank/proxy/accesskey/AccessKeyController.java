package io.quotabank.proxy.accesskey;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.proxy.accesskey.AccessKeys.Outcome;
import io.quotabank.proxy.accesskey.AccessKeys.Wish;
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
            @Nullable Instant expiresAt) {

        Wish wish() {
            if (name == null) {
                throw new IllegalArgumentException("name is missing");
            }
            var asked = models == null ? List.<@Nullable String>of() : models;
            if (asked.stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("a model's name is missing");
            }
            return new Wish(name, asked.stream().map(String::valueOf).distinct().toList(), expiresAt);
        }
    }

    private record Issued(@JsonUnwrapped AccessKey key, String secret) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Page(List<AccessKey> items, @Nullable UUID next) {}

    private final AccessKeys keys;
    private final AccessKeyProperties settings;

    AccessKeyController(AccessKeys keys, AccessKeyProperties settings) {
        this.keys = keys;
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
            return ResponseEntity.ok(new Page(shown, next));
        });
    }

    @GetMapping("/{id}")
    ResponseEntity<?> show(@PathVariable("id") UUID id, Caller caller) {
        return asPerson(
                caller,
                () -> keys.find(caller.userId(), id)
                        .<ResponseEntity<?>>map(ResponseEntity::ok)
                        .orElseGet(() -> Problems.response("not_found")));
    }

    @DeleteMapping("/{id}")
    ResponseEntity<?> revoke(@PathVariable("id") UUID id, Caller caller) {
        return asPerson(
                caller,
                () -> keys.revoke(caller.userId(), id)
                        ? ResponseEntity.noContent().build()
                        : Problems.response("not_found"));
    }

    private static ResponseEntity<?> asPerson(Caller caller, Supplier<ResponseEntity<?>> answer) {
        return caller.isService() || caller.accessKeyId() != null
                ? Problems.response("forbidden", "access keys are managed by a signed-in person")
                : answer.get();
    }
}
