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
            requireChunks(afterChunks);
        }
    }

    /** Nothing more comes and the connection stays open: a stream's after n chunks, another's half way. */
    record Stall(int afterChunks) implements Fault {
        public Stall {
            requireChunks(afterChunks);
        }
    }

    /** A stream has a data line that is no JSON after n chunks, and goes on; another answer is JSON that breaks off. */
    record MalformedChunk(int afterChunks) implements Fault {
        public MalformedChunk {
            requireChunks(afterChunks);
        }
    }

    /** The status is 200, but the body is an error, or a stream's event after n chunks, which is then its last. */
    record ErrorEvent(int afterChunks) implements Fault {
        public ErrorEvent {
            requireChunks(afterChunks);
        }
    }

    /** The answer does not tell its usage. */
    record OmitUsage() implements Fault {}

    /**
     * The answer tells another usage than the true one.
     *
     * @param factor of the true numbers, where a number is not given
     */
    record WrongUsage(
            double factor,
            @Nullable Integer promptTokens,
            @Nullable Integer completionTokens) implements Fault {
        public WrongUsage {
            requireFactor(factor);
            require(atMostOneBillion(promptTokens), "promptTokens is between 0 and 1,000,000,000.");
            require(atMostOneBillion(completionTokens), "completionTokens is between 0 and 1,000,000,000.");
        }

        private static boolean atMostOneBillion(@Nullable Integer tokens) {
            return tokens == null || (tokens >= 0 && tokens <= 1_000_000_000);
        }
    }

    /** The answer tells its usage, and then, multiplied, once more. */
    record DoubleUsage(double factor) implements Fault {
        public DoubleUsage {
            requireFactor(factor);
        }
    }

    /**
     * The answer trickles.
     *
     * @param head it does so from its first byte, otherwise from the body's
     */
    record Slow(int bytesPerSecond, boolean head) implements Fault {
        public Slow {
            require(bytesPerSecond >= 1 && bytesPerSecond <= 1_000_000, "bytesPerSecond is between 1 and 1,000,000.");
        }
    }

    private static void requireChunks(int afterChunks) {
        require(afterChunks >= 0 && afterChunks <= 1_000_000, "afterChunks is between 0 and 1,000,000.");
    }

    private static void requireFactor(double factor) {
        require(factor >= 0 && factor <= 1_000_000, "factor is between 0 and 1,000,000.");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
