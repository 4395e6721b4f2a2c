package io.quotabank.platform.problem;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What an exception that nothing handled means to the caller. Types of optional libraries are told by name, so that a
 * service without them still runs.
 */
final class Faults {

    private static final String OURS = "io.quotabank.";
    private static final int DEEPEST_CAUSE = 16;

    private static final Set<String> PASSING = Set.of(
            "org.springframework.transaction.CannotCreateTransactionException",
            "org.springframework.dao.TransientDataAccessException",
            "org.springframework.dao.DataAccessResourceFailureException",
            "org.springframework.dao.QueryTimeoutException",
            "org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException",
            "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
            "io.github.resilience4j.bulkhead.BulkheadFullException",
            "feign.RetryableException");

    // 22021: a string holds NUL, which JSON may carry and PostgreSQL can't store. 22003: a number out of range.
    private static final Set<String> MALFORMED_SQL_STATES = Set.of("22021", "22003");

    static String codeFor(Throwable thrown) {
        @Nullable Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            if (refusedByOurs(cause) || malformed(cause)) {
                return "malformed_request";
            }
            if (passing(cause)) {
                return "service_unavailable";
            }
        }
        return "internal_error";
    }

    /** A constructor or factory of ours refused its arguments: malformed input, by the house's rule. */
    static boolean refusedByOurs(Throwable thrown) {
        if (!(thrown instanceof IllegalArgumentException)) {
            return false;
        }
        var trace = thrown.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(OURS);
    }

    private static boolean malformed(Throwable thrown) {
        return thrown instanceof SQLException sql && MALFORMED_SQL_STATES.contains(String.valueOf(sql.getSQLState()))
                // Tomcat's word for a query or form that can't be decoded.
                || thrown.getClass().getName().endsWith(".InvalidParameterException");
    }

    private static boolean passing(Throwable thrown) {
        if (thrown instanceof TimeoutException || thrown instanceof RejectedExecutionException) {
            return true;
        }
        for (@Nullable Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (PASSING.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    private Faults() {}
}
