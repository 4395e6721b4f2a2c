package io.quotabank.ledger.lease;

import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.platform.problem.Problems;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.RestController;

@RestController
class LeaseController implements LedgerLeases {

    private final Leases leases;
    private final LeaseMetrics metrics;

    LeaseController(Leases leases, LeaseMetrics metrics) {
        this.leases = leases;
        this.metrics = metrics;
    }

    @Override
    public Answer open(Open open) {
        var answer = leases.open(open);
        metrics.answered(answer);
        return answer;
    }

    @Override
    public void state(UUID leaseId, Statement statement) {
        if (!leaseId.equals(statement.leaseId())) {
            throw new IllegalArgumentException("the statement is of another lease");
        }
        if (!leases.state(statement)) {
            // The contract's method gives nothing back, so the refusal has to be thrown.
            throw new ErrorResponseException(HttpStatus.NOT_FOUND, Problems.of("not_found", "no such lease"), null);
        }
    }
}
