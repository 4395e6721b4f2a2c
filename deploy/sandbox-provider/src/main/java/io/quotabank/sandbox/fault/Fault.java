package io.quotabank.sandbox.fault;

import org.jspecify.annotations.Nullable;

/** Something that goes wrong on purpose. */
public sealed interface Fault {

    /**
     * The answer is an error.
     *
     * @param status 400 to 599
     * @param retryAfterSeconds sent as Retry-After
     * @param code the error's code, instead of the one that usually goes with the status
     */
    record Status(
            int status,
            @Nullable Integer retryAfterSeconds,
            @Nullable String code) implements Fault {
        public Status {
            require(status >= 400 && status <= 599, "A fault's status is between 400 and 599.");
            require(
                    retryAfterSeconds == null || (retryAfterSeconds >= 0 && retryAfterSeconds <= 86_400),
                    "retryAfterSeconds is between 0 and 86,400.");
        }
    }

    /** The answer starts late. */
    record Delay(long ms) implements Fault {
        public Delay {
            require(ms >= 0 && ms <= 3_600_000, "A delay's ms is between 0 and 3,600,000.");
        }
    }

    /** The connection is reset without an answer. */
    record Reset() implements Fault {}

    /** The connection is closed in the middle of the answer: a stream after n chunks, another answer half way. */
    record Cut(int afterChunks) implements Fault {
        public Cut {
            require(afterChunks >= 0 && afterChunks <= 1_000_000, "afterChunks is between 0 and 1,000,000.");
        }
    }

    /** The status is 200, but the body, or the stream's first event, is an error. */
    record ErrorEvent() implements Fault {}

    /** The answer does not tell its usage. */
    record OmitUsage() implements Fault {}

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
