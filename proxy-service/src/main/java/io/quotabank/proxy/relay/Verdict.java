package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.UsageEvent.Result;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose fault a provider's answer is: the request's, the key's, or the provider's. */
final class Verdict {

    // A spent or closed account is told in several ways, some of them as 400 or 429.
    private static final Set<String> KEY_CODES = Set.of(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "account_deactivated",
            "invalid_api_key");

    /**
     * Of an answer that is not of the 200 class.
     *
     * @param code the error's own code, where it has one
     */
    static Result of(int status, @Nullable String code) {
        if (code != null && KEY_CODES.contains(code)) {
            return Result.KEY_REFUSED;
        }
        return switch (status) {
            case 401, 402, 403 -> Result.KEY_REFUSED;
            case 429 -> Result.RATE_LIMITED;
            // A time-out of the provider's own, and a redirect, which is never followed.
            case 408 -> Result.PROVIDER_ERROR;
            default -> status >= 400 && status < 500 ? Result.REQUEST_REFUSED : Result.PROVIDER_ERROR;
        };
    }

    /** Of an error inside an answer of the 200 class. */
    static Result ofErrorInside(@Nullable String code) {
        if (code != null && KEY_CODES.contains(code)) {
            return Result.KEY_REFUSED;
        }
        return "rate_limit_exceeded".equals(code) ? Result.RATE_LIMITED : Result.PROVIDER_ERROR;
    }

    private Verdict() {}
}
