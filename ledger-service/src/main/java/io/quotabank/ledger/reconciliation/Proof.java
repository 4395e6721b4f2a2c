package io.quotabank.ledger.reconciliation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement about the books, and whether it holds. It agrees, differs, or could not be proven.
 *
 * @param agrees false also where it could not be proven
 * @param unproven why it could not; null where it was
 * @param expected micro-credits, or a number of rows
 * @param actual what it is compared with, in the same unit
 * @param differing rows that do not agree one by one, also where the sums do
 * @param examples some of those
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Proof(
        String name,
        boolean agrees,
        @Nullable String unproven,
        BigDecimal expected,
        BigDecimal actual,
        long differing,
        List<String> examples) {

    Proof {
        examples = List.copyOf(examples);
    }

    static Proof of(String name, BigDecimal expected, BigDecimal actual, long differing, List<String> examples) {
        return new Proof(
                name, expected.compareTo(actual) == 0 && differing == 0, null, expected, actual, differing, examples);
    }

    /** Says nothing about the books, for that reason. */
    static Proof unproven(String name, String why) {
        return new Proof(name, false, why, BigDecimal.ZERO, BigDecimal.ZERO, 0, List.of());
    }

    boolean differs() {
        return !agrees && unproven == null;
    }
}
