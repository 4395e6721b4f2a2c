package io.quotabank.ledger.reconciliation;

import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/ledger/reconciliation")
class ReconciliationController {

    private final Reconciliations reconciliations;

    ReconciliationController(Reconciliations reconciliations) {
        this.reconciliations = reconciliations;
    }

    /** Runs one now and answers with it: of what is new since the last one that agreed, or in full. */
    @PostMapping
    ResponseEntity<?> run(@RequestParam(defaultValue = "false") boolean full, Caller caller) {
        return allowed(caller)
                ? answer(reconciliations.run(caller.subject(), full), "reconciliation_running")
                : refused();
    }

    @GetMapping
    ResponseEntity<?> newest(Caller caller) {
        return allowed(caller) ? answer(reconciliations.newest(), "not_found") : refused();
    }

    private static ResponseEntity<?> answer(Optional<Reconciliations.Run> run, String otherwise) {
        return run.isPresent() ? ResponseEntity.ok(run.get()) : Problems.response(otherwise);
    }

    private static ResponseEntity<?> refused() {
        return Problems.response(
                "forbidden", "only administrators, auditors and the platform's own services prove the books");
    }

    private static boolean allowed(Caller caller) {
        return caller.isService() || caller.has("admin") || caller.has("auditor");
    }
}
