package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.UsageEvent.Result;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whose fault a provider's answer is: the request's, the key's, or the provider's. */
final class Verdict {

    private static final int NOT_FOUND = 404;

    private static final Pattern STATUS = Pattern.compile("[45]\\d\\d");

    // A spent or closed account is told in several ways, some of them as 400 or 429.
    private static final Set<String> KEY_CODES = Set.of(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "account_deactivated",
            "invalid_api_key");

    /** True where the provider refuses the key for this model only, or knows no such model where the key is used. */
    static boolean isOfModel(int status, @Nullable String code) {
        return status == NOT_FOUND && (code == null || !KEY_CODES.contains(code));
    }

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
            case 401, 402, 403, NOT_FOUND -> Result.KEY_REFUSED;
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
        if ("rate_limit_exceeded".equals(code)) {
            return Result.RATE_LIMITED;
        }
        int status = statusOf(code);
        return status == 0 ? Result.PROVIDER_ERROR : of(status, null);
    }

    /** The HTTP status that some providers give as the code of an error inside an answer; 0 where it is none. */
    static int statusOf(@Nullable String code) {
        return code != null && STATUS.matcher(code).matches() ? Integer.parseInt(code) : 0;
    }

    private Verdict() {}
}
