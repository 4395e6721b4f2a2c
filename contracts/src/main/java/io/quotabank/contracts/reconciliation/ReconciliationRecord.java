package io.quotabank.contracts.reconciliation;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/**
 * A value of {@code ledger.reconciliation.v1}, keyed by {@code runId}: the books did not agree. A run that agrees sends
 * nothing. It may arrive twice: deduplicate by {@code runId}. Whoever tells administrators reads it.
 *
 * @param actor who asked for the run; the ledger's own name where it was on its schedule
 * @param startedAtMs milliseconds since 1970-01-01T00:00Z
 * @param endedAtMs milliseconds since 1970-01-01T00:00Z
 * @param differences at least one
 */
public record ReconciliationRecord(
        UUID runId, String actor, long startedAtMs, long endedAtMs, List<Difference> differences) {

    public static final String TOPIC = "ledger.reconciliation.v1";
    public static final String TYPE = "io.quotabank.ledger.reconciliation.v1";

    public ReconciliationRecord {
        differences = List.copyOf(differences);
        if (differences.isEmpty()) {
            throw new IllegalArgumentException("a run that agrees tells nothing");
        }
    }

    /**
     * A proof that does not hold.
     *
     * @param proof its stable name
     * @param expected micro-credits, or a number of rows
     * @param actual what it was compared with, in the same unit
     * @param differing rows that do not agree one by one
     * @param examples some of those, in words
     */
    public record Difference(
            String proof, BigDecimal expected, BigDecimal actual, long differing, List<String> examples) {

        public Difference {
            examples = List.copyOf(examples);
        }
    }
}
