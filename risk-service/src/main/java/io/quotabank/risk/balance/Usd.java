package io.quotabank.risk.balance;

import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** US dollars of list price as credits, and back. */
final class Usd {

    private static final BigDecimal PER_USD = BigDecimal.valueOf(Credits.PER_USD);
    private static final int CREDIT_DECIMALS = 6;

    /** Rounded down to a micro-credit. */
    static Credits credits(BigDecimal usd) {
        return Credits.ofDecimal(usd.multiply(PER_USD).setScale(CREDIT_DECIMALS, RoundingMode.DOWN));
    }

    /** Exact: a micro-credit is a hundred-millionth of a dollar. */
    static BigDecimal of(Credits credits) {
        return credits.toDecimal().movePointLeft(2);
    }

    private Usd() {}
}
