package io.quotabank.risk.failure;

import io.quotabank.contracts.usage.UsageEvent.Attempt;
import java.util.Set;

/** What the answer to one call says of its key. */
enum Sign {
    WELL,
    NOTHING_LEFT,
    /** 401 or 403: the provider does not accept the key. */
    NOT_ACCEPTED,
    REFUSED,
    FAILED,
    UNREACHABLE,
    NONE;

    private static final int UNAUTHORIZED = 401;
    private static final int PAYMENT_REQUIRED = 402;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;

    /** Their 402 may mean that a request could cost more than is left, and smaller ones are served. */
    private static final Set<String> REFUSE_WHAT_IS_LARGE = Set.of("openrouter");

    static Sign of(Attempt attempt) {
        return switch (attempt.result()) {
            case SERVED -> WELL;
            case KEY_REFUSED -> ofRefusal(attempt.status() == null ? 0 : attempt.status(), attempt.provider());
            case PROVIDER_ERROR, CUT -> FAILED;
            case UNREACHABLE -> UNREACHABLE;
            // A rate limit passes by itself.
            case REQUEST_REFUSED, RATE_LIMITED, CANCELLED -> NONE;
        };
    }

    // A 429 that is blamed on the key is a spent quota; told with another status, verification finds out.
    private static Sign ofRefusal(int status, String provider) {
        return switch (status) {
            case PAYMENT_REQUIRED -> REFUSE_WHAT_IS_LARGE.contains(provider) ? REFUSED : NOTHING_LEFT;
            case TOO_MANY_REQUESTS -> NOTHING_LEFT;
            case UNAUTHORIZED, FORBIDDEN -> NOT_ACCEPTED;
            default -> REFUSED;
        };
    }
}
