package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.platform.problem.Problems;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where the ledger asks for a lease back. Answers from memory. */
@RestController
class RecallController {

    private final Spending spending;

    RecallController(Spending spending) {
        this.spending = spending;
    }

    @PostMapping("/internal/leases/recall")
    ResponseEntity<?> recall(@RequestBody Recall recall) {
        var statement = spending.recall(recall.leaseId());
        return statement.isPresent()
                ? ResponseEntity.ok(statement.get())
                : Problems.response("not_found", "this instance does not hold the lease");
    }
}
