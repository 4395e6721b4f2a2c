package io.quotabank.platform.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;
import tools.jackson.core.JacksonException;

/**
 * What becomes of a record whose listener failed. What passes by itself (the database away) is waited for without end;
 * what can't be read goes to the dead-letter twin at once, anything else after three more tries, with its reason in the
 * headers {@code kafka_dlt-exception-*}.
 */
final class DeadLetters {

    private static final long FIRST_PAUSE_MS = 200;
    private static final long LONGEST_PAUSE_MS = 10_000;
    private static final int TRIES = 3;
    private static final int DEEPEST_CAUSE = 16;

    static DefaultErrorHandler handler(KafkaTemplate<?, ?> kafka, MeterRegistry registry) {
        var recoverer = new DeadLetterPublishingRecoverer(kafka, (record, failure) -> {
            var name = Topics.deadLetterName(record.topic());
            counter(registry, name).increment();
            return new TopicPartition(name, -1);
        });
        recoverer.setFailIfSendResultIsError(true);
        var handler = new DefaultErrorHandler(recoverer, new FixedBackOff(FIRST_PAUSE_MS, TRIES));
        handler.addNotRetryableExceptions(JacksonException.class, IllegalArgumentException.class);
        handler.setBackOffFunction((record, failure) -> passing(failure) ? unending() : null);
        return handler;
    }

    /** Records that were given up, tries to send them on included. */
    static Counter counter(MeterRegistry registry, String topic) {
        return registry.counter("quotabank.dead.letters", "topic", topic);
    }

    private static BackOff unending() {
        var backOff = new ExponentialBackOff(FIRST_PAUSE_MS, 2);
        backOff.setMaxInterval(LONGEST_PAUSE_MS);
        return backOff;
    }

    private static boolean passing(@Nullable Throwable failure) {
        var cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            if (cause instanceof TransientDataAccessException
                    || cause instanceof DataAccessResourceFailureException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof TimeoutException
                    || cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    private DeadLetters() {}
}
