package io.quotabank.ledger.machine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/** Where a process breaks off what it does. */
enum Crash {
    NEVER,
    /** Everything is written, and nothing committed. */
    BEFORE_COMMIT,
    /** All of it is there, and nobody is told. */
    AFTER_COMMIT;

    private static final AtomicReference<Crash> PLANTED = new AtomicReference<>(NEVER);
    private static final AtomicInteger COMMITS = new AtomicInteger();

    /** What stands for a process that is gone. */
    static final class GoneException extends RuntimeException {
        GoneException() {
            super("the process is gone");
        }
    }

    /** A source for a ledger that crashes as it is told. It is not annotated: no other ledger is to find it. */
    public static class Planted {

        @Bean
        TransactionExecutionListener crash() {
            return new TransactionExecutionListener() {
                @Override
                public void beforeCommit(TransactionExecution transaction) {
                    breakOff(BEFORE_COMMIT, transaction);
                }

                @Override
                public void afterCommit(TransactionExecution transaction, Throwable failure) {
                    breakOff(AFTER_COMMIT, transaction);
                }
            };
        }
    }

    /** @param commits how many go well before it */
    void plant(int commits) {
        COMMITS.set(commits);
        PLANTED.set(this);
    }

    /** @return whether it was still there */
    static boolean dug() {
        return PLANTED.getAndSet(NEVER) != NEVER;
    }

    // Jobs run all the time: what they do is not what is tested.
    private static void breakOff(Crash at, TransactionExecution transaction) {
        boolean job = Thread.currentThread().getName().startsWith("scheduling");
        if (PLANTED.get() == at
                && !job
                && transaction.isNewTransaction()
                && !transaction.isReadOnly()
                && COMMITS.getAndDecrement() <= 0
                && PLANTED.compareAndSet(at, NEVER)) {
            throw new GoneException();
        }
    }
}
