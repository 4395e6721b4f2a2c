package io.quotabank.proxy.verification;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What one real call proves. */
sealed interface Verdict {

    record Served() implements Verdict {}

    /** 401 or 403: the key is not one of the provider's, or may do nothing. */
    record KeyRefused() implements Verdict {}

    /** The key is good, and this does not work with it. */
    record Refused(String detail) implements Verdict {}

    /** The key is good, and nothing is left on it. */
    record Exhausted() implements Verdict {}

    /** The address is one that is never called. */
    record AddressRefused() implements Verdict {}

    record Unreachable(String detail) implements Verdict {}

    /** @param usd null where the provider tells no balance, or none in a currency that has a rate */
    record Balance(@Nullable BigDecimal usd) implements Verdict {}
}
