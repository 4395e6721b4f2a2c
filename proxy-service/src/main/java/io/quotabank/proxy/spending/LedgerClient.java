package io.quotabank.proxy.spending;

import feign.FeignException;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.proxy.journal.LastStatements;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the ledger within a time limit, behind a breaker, and says what is known when it does not answer. */
final class LedgerClient implements LastStatements, AutoCloseable {

    /** What became of asking for a lease. */
    sealed interface Opening {

        record Answered(Answer answer) implements Opening {}

        /** The ledger has certainly not seen it. */
        record NotReached() implements Opening {}

        /** The ledger may have taken it: only asking for the same again tells. */
        record Unknown() implements Opening {}
    }

    private static final Logger log = LoggerFactory.getLogger(LedgerClient.class);
    private static final int TRIES = 2;
    private static final int CLIENT_ERRORS = 400;
    private static final int SERVER_ERRORS = 500;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;

    private final LedgerLeases leases;
    private final CircuitBreaker breaker;
    private final TimeLimiter limiter;
    private final Bulkhead bulkhead;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    LedgerClient(LedgerLeases leases, LeaseProperties settings) {
        this.leases = leases;
        this.breaker = CircuitBreaker.of("ledger", breaker());
        this.limiter = TimeLimiter.of(
                TimeLimiterConfig.custom().timeoutDuration(settings.timeLimit()).build());
        this.bulkhead = Bulkhead.of(
                "ledger",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(settings.mostCalls())
                        .maxWaitDuration(settings.timeLimit())
                        .build());
    }

    /** Asks for a lease; an unanswered call is repeated, by its id the same lease. */
    Opening open(Open open) {
        Opening outcome = new Opening.NotReached();
        for (int i = 0; i < TRIES; i++) {
            var once = openOnce(open);
            if (once instanceof Opening.Answered) {
                return once;
            }
            if (once instanceof Opening.Unknown) {
                outcome = once;
            }
        }
        return outcome;
    }

    @Override
    public void tell(Statement statement) {
        try {
            call(() -> {
                leases.state(statement.leaseId(), statement);
                return statement;
            });
        } catch (FeignException.NotFound unknownToTheLedger) {
            log.info("the ledger knows no lease {}: it was never granted", statement.leaseId());
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException("the ledger did not take a statement", failed);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Opening openOnce(Open open) {
        try {
            return new Opening.Answered(call(() -> leases.open(open)));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new Opening.Unknown();
        } catch (Exception failed) {
            log.warn("the ledger gave no lease {}: {}", open.leaseId(), failed.toString());
            return certainlyNotTaken(failed) ? new Opening.NotReached() : new Opening.Unknown();
        }
    }

    private <T> T call(Callable<T> call) throws Exception {
        var guarded =
                Bulkhead.decorateCallable(bulkhead, () -> limiter.executeFutureSupplier(() -> threads.submit(call)));
        try {
            return breaker.executeCallable(guarded);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    // The breaker must open for what shows the ledger is away, not for an answer that refuses one call.
    private static CircuitBreakerConfig breaker() {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .waitDurationInOpenState(Duration.ofSeconds(1))
                .permittedNumberOfCallsInHalfOpenState(3)
                .automaticTransitionFromOpenToHalfOpenEnabled(false)
                .ignoreException(failure -> refused(failure) || refused(failure.getCause()))
                .build();
    }

    private static boolean certainlyNotTaken(Exception failure) {
        if (failure instanceof CallNotPermittedException
                || failure instanceof BulkheadFullException
                || refused(failure)) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    private static boolean refused(@Nullable Throwable failure) {
        return failure instanceof FeignException answer
                && answer.status() >= CLIENT_ERRORS
                && answer.status() < SERVER_ERRORS
                && answer.status() != REQUEST_TIMEOUT
                && answer.status() != CONFLICT
                && answer.status() != TOO_MANY;
    }
}
