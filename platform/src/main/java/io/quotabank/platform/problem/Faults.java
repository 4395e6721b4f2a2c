package io.quotabank.platform.problem;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What an exception that nothing handled means to the caller. Types of optional libraries are told by name, so that a
 * service without them still runs.
 */
final class Faults {

    private static final String OURS = "io.quotabank.";
    private static final int DEEPEST_CAUSE = 16;

    private static final Set<String> PASSING = Set.of(
            "org.springframework.transaction.CannotCreateTransactionException",
            // What a connection that is lost in a transaction ends in: rolling back fails as well.
            "org.springframework.transaction.TransactionSystemException",
            "org.springframework.dao.TransientDataAccessException",
            "org.springframework.dao.DataAccessResourceFailureException",
            "org.springframework.cloud.client.circuitbreaker.NoFallbackAvailableException",
            "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
            "io.github.resilience4j.bulkhead.BulkheadFullException",
            "feign.RetryableException");

    // 22021: a string holds NUL, which JSON may carry and PostgreSQL can't store. 22003: a number out of range.
    private static final Set<String> MALFORMED_SQL_STATES = Set.of("22021", "22003");

    // States for which Spring has no exception of its own: a server that only reads for now, a transaction that was
    // ended
    // because its process stood still, and a lock that others kept too long.
    private static final Set<String> PASSING_SQL_STATES = Set.of("25006", "25P03", "55P03");

    static String codeFor(Throwable thrown) {
        return causes(thrown)
                .flatMap(cause -> meaning(cause).stream())
                .findFirst()
                .orElse("internal_error");
    }

    /** What one of our own types said when it refused its input; a library's words may hold more than they should. */
    static Optional<String> ownWords(Throwable thrown) {
        return causes(thrown).filter(Faults::refusedByOurs).findFirst().map(Throwable::getMessage);
    }

    static boolean causedBy(Throwable thrown, Class<? extends IOException> type) {
        return causes(thrown).anyMatch(type::isInstance);
    }

    private static Optional<String> meaning(Throwable cause) {
        if (refusedByOurs(cause) || malformed(cause)) {
            return Optional.of("malformed_request");
        }
        return passing(cause) ? Optional.of("service_unavailable") : Optional.empty();
    }

    /** A constructor or factory of ours refused its arguments: malformed input, by the house's rule. */
    private static boolean refusedByOurs(Throwable thrown) {
        if (!(thrown instanceof IllegalArgumentException)) {
            return false;
        }
        var trace = thrown.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(OURS);
    }

    private static boolean malformed(Throwable thrown) {
        if (thrown instanceof SQLException sql) {
            return MALFORMED_SQL_STATES.contains(String.valueOf(sql.getSQLState()));
        }
        // Tomcat's word for a query or form that can't be decoded.
        return thrown.getClass().getName().endsWith(".InvalidParameterException");
    }

    private static boolean passing(Throwable thrown) {
        if (thrown instanceof SQLException sql && PASSING_SQL_STATES.contains(String.valueOf(sql.getSQLState()))) {
            return true;
        }
        return thrown instanceof TimeoutException
                || thrown instanceof RejectedExecutionException
                || Stream.<Class<?>>iterate(thrown.getClass(), Objects::nonNull, Class::getSuperclass)
                        .anyMatch(type -> PASSING.contains(type.getName()));
    }

    private static Stream<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).limit(DEEPEST_CAUSE);
    }

    private Faults() {}
}
