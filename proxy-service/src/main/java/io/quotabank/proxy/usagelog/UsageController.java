package io.quotabank.proxy.usagelog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.proxy.usagelog.UsagePages.Cursor;
import io.quotabank.proxy.usagelog.UsagePages.Filter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A person's own log; administrators may ask for anybody's. */
@RestController
class UsageController {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Page(List<Usage> items, @Nullable String next) {}

    private final UsagePages pages;
    private final Charges charges;
    private final UsageLogProperties settings;

    UsageController(UsagePages pages, Charges charges, UsageLogProperties settings) {
        this.pages = pages;
        this.charges = charges;
        this.settings = settings;
    }

    @GetMapping("/api/usage")
    ResponseEntity<?> list(
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") int limit,
            @RequestParam(name = "model", required = false) @Nullable String model,
            @RequestParam(name = "status", required = false) @Nullable String status,
            @RequestParam(name = "from", required = false) @Nullable Instant from,
            @RequestParam(name = "to", required = false) @Nullable Instant to,
            @RequestParam(name = "accessKey", required = false) @Nullable UUID accessKey,
            @RequestParam(name = "user", required = false) @Nullable UUID user,
            Caller caller) {
        if (limit < 1 || limit > settings.pageSize()) {
            throw new IllegalArgumentException("limit is 1 to " + settings.pageSize());
        }
        if (caller.isService()) {
            return Problems.response("forbidden", "the log is a person's");
        }
        var own = caller.userId();
        if (user != null && !user.equals(own) && !caller.has("admin")) {
            return Problems.response("not_found");
        }
        var filter = new Filter(user == null ? own : user, accessKey, model, outcome(status), from, to);
        var found = pages.page(filter, cursor == null ? null : Cursor.of(cursor), limit + 1);
        var shown = found.subList(0, Math.min(limit, found.size()));
        return ResponseEntity.ok(new Page(charged(shown), found.size() > limit ? cursor(shown.getLast()) : null));
    }

    private List<Usage> charged(List<Usage> shown) {
        var charged = charges.of(shown.stream().map(Usage::id).toList());
        return shown.stream()
                .map(usage -> usage.charged(charged.get(usage.id())))
                .toList();
    }

    private static String cursor(Usage last) {
        return new Cursor(last.closedAt(), last.id()).text();
    }

    private static @Nullable Outcome outcome(@Nullable String status) {
        if (status == null) {
            return null;
        }
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.wire().equals(status))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("status is one of "
                        + Arrays.stream(Outcome.values()).map(Outcome::wire).collect(Collectors.joining(", "))));
    }
}
