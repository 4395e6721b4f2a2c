package io.quotabank.risk.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.risk.finding.FindingStore.Wanted;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was found of a person's own keys. Administrators and auditors may ask for everybody's. */
@RestController
@RequestMapping("/api/risk/findings")
class FindingController {

    /** @param next where the next page begins; absent on the last */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Page(
            List<FindingView> findings, @Nullable UUID next) {}

    private final FindingStore store;
    private final FindingProperties properties;

    FindingController(FindingStore store, FindingProperties properties) {
        this.store = store;
        this.properties = properties;
    }

    /** @param scope {@code own}, or {@code all} for administrators and auditors */
    @GetMapping
    ResponseEntity<?> list(
            @RequestParam(name = "scope", defaultValue = "own") String scope,
            @RequestParam(name = "keyId", required = false) @Nullable UUID keyId,
            @RequestParam(name = "kind", required = false) @Nullable String kind,
            @RequestParam(name = "before", required = false) @Nullable UUID before,
            @RequestParam(name = "limit", defaultValue = "50") int limit,
            Caller caller) {
        boolean all = all(scope);
        if (all && !caller.has("admin") && !caller.has("auditor")) {
            return Problems.response("forbidden", "only an administrator lists what is found of other people's keys");
        }
        if (!all && caller.isService()) {
            return Problems.response("forbidden", "a service has no keys of its own");
        }
        var owner = all ? null : caller.userId();
        var wanted = new Wanted(owner, keyId, kind == null ? null : kind(kind), before);
        int size = size(limit);
        var found = store.page(wanted, size + 1);
        var shown = found.stream().limit(size).map(FindingView::of).toList();
        return ResponseEntity.ok(
                new Page(shown, found.size() > size ? shown.getLast().id() : null));
    }

    private static boolean all(String scope) {
        return switch (scope) {
            case "own" -> false;
            case "all" -> true;
            default -> throw new IllegalArgumentException("a scope is own or all");
        };
    }

    private static Kind kind(String text) {
        for (var kind : Kind.values()) {
            if (kind.wire().equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "kind is one of " + Arrays.stream(Kind.values()).map(Kind::wire).collect(Collectors.joining(", ")));
    }

    private int size(int limit) {
        if (limit < 1 || limit > properties.pageSize()) {
            throw new IllegalArgumentException("limit is 1 to " + properties.pageSize());
        }
        return limit;
    }
}
