package io.quotabank.ledger.split;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.ledger.split.Split.Payee;
import io.quotabank.ledger.split.Split.Share;
import io.quotabank.ledger.split.Splits.Addition;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/ledger/splits")
class SplitController {

    record ShareBody(
            @Nullable String payee,
            @JsonProperty("basis_points") @Nullable Integer basisPoints) {}

    /** @param version the one that this follows; 0 for a new name */
    record PutBody(@Nullable Integer version, @Nullable List<ShareBody> shares) {}

    private record SplitBody(String name, int version, List<ShareBody> shares) {}

    private record ListBody(List<SplitBody> splits) {}

    private static final int MOST_VERSIONS = 1_000_000;

    private final Splits splits;

    SplitController(Splits splits) {
        this.splits = splits;
    }

    @GetMapping
    ResponseEntity<?> list(Caller caller) {
        if (!mayRead(caller)) {
            return refused();
        }
        return ResponseEntity.ok(
                new ListBody(splits.newest().stream().map(SplitController::body).toList()));
    }

    @GetMapping("/{name}")
    ResponseEntity<?> get(
            @PathVariable String name, @RequestParam(required = false) @Nullable Integer version, Caller caller) {
        if (!mayRead(caller)) {
            return refused();
        }
        var found = splits.find(name, version);
        return found.isPresent() ? ResponseEntity.ok(body(found.get())) : Problems.response("not_found");
    }

    @PutMapping("/{name}")
    ResponseEntity<?> put(
            @PathVariable String name,
            @RequestBody PutBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators change splits");
        }
        if (body.version() == null || body.version() < 0 || body.version() > MOST_VERSIONS || body.shares() == null) {
            throw new IllegalArgumentException("version, 0 for a new name, and shares are needed");
        }
        var split = new Split(
                name,
                body.version() + 1,
                body.shares().stream().map(SplitController::share).toList());
        return splits.add(split, caller.subject(), key).response(addition -> switch (addition) {
            case Addition.Added(Split added) -> ResponseEntity.ok(body(added));
            case Addition.Outdated outdated -> Problems.response("conflict", "the split has another version by now");
        });
    }

    private static ResponseEntity<?> refused() {
        return Problems.response("forbidden", "only administrators, auditors and applications read splits");
    }

    private static boolean mayRead(Caller caller) {
        return caller.has("admin") || caller.has("auditor") || caller.has("service");
    }

    private static Share share(ShareBody body) {
        if (body.payee() == null || body.basisPoints() == null) {
            throw new IllegalArgumentException("a share has a payee and basis_points");
        }
        return new Share(Payee.of(body.payee()), body.basisPoints());
    }

    private static SplitBody body(Split split) {
        return new SplitBody(
                split.name(),
                split.version(),
                split.shares().stream()
                        .map(share -> new ShareBody(share.payee().wire(), share.basisPoints()))
                        .toList());
    }
}
