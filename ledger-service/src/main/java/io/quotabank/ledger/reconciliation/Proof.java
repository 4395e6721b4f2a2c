package io.quotabank.ledger.reconciliation;

import java.math.BigDecimal;
import java.util.List;

/**
 * One statement about the books, and whether it holds.
 *
 * @param expected micro-credits, or a number of rows
 * @param actual what it is compared with, in the same unit
 * @param differing rows that do not agree one by one, also where the sums do
 * @param examples some of those
 */
record Proof(
        String name, boolean agrees, BigDecimal expected, BigDecimal actual, long differing, List<String> examples) {

    Proof {
        examples = List.copyOf(examples);
    }

    static Proof of(String name, BigDecimal expected, BigDecimal actual, long differing, List<String> examples) {
        return new Proof(
                name, expected.compareTo(actual) == 0 && differing == 0, expected, actual, differing, examples);
    }
}
