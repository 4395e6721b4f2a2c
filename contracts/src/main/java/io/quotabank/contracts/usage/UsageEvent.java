package io.quotabank.contracts.usage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * What {@code usage.v1} carries, keyed by user id. {@link Opened} is sent only for a request that still runs after a
 * second; {@link Closed} is sent once for every request whose credits were reserved, and is all that settlement reads.
 * Consumers deduplicate by request id: the first closing record wins.
 */
public sealed interface UsageEvent {

    String TOPIC = "usage.v1";
    String OPENED_TYPE = "io.quotabank.usage.opened.v1";
    String CLOSED_TYPE = "io.quotabank.usage.closed.v1";

    UUID requestId();

    UUID userId();

    /** A request was sent upstream and is still running. For dashboards; nothing is settled from it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Opened(
            UUID requestId,
            UUID userId,
            @Nullable UUID accessKeyId,
            @JsonProperty("gen_ai.operation.name") String operation,
            @JsonProperty("gen_ai.request.model") String requestModel,
            @JsonProperty("gen_ai.request.stream") boolean stream,
            Credits reserved,
            long startedAtMs)
            implements UsageEvent {

        public Opened {
            // Records from before there was anything else say nothing.
            operation = Objects.requireNonNullElse(operation, "chat");
        }
    }

    /**
     * A request has ended, however it ended.
     *
     * @param operation {@code chat}, {@code text_completion} or {@code embeddings}
     * @param cost what the buyer owes for what was delivered, mark-up included; what is really charged is the lesser of
     *     this and what the funding holds still have
     * @param funding the holds that pay, in order; what a request takes beyond {@code atMost} comes from the last one
     * @param attempts every upstream call made for the request, in order; the owners are paid from these
     * @param tokens what the buyer is billed for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonDeserialize(using = ClosedDeserializer.class)
    record Closed(
            UUID requestId,
            UUID userId,
            @Nullable UUID accessKeyId,
            @JsonProperty("gen_ai.operation.name") String operation,
            @JsonProperty("gen_ai.request.model") String requestModel,
            @JsonProperty("gen_ai.request.stream") boolean stream,
            long priceVersion,
            String tier,
            int markupBasisPoints,
            Outcome outcome,
            Metering metering,
            TokenUsage tokens,
            Credits cost,
            List<Funding> funding,
            List<Attempt> attempts,
            @Nullable Routing routing,
            long startedAtMs,
            @Nullable Long firstByteAtMs,
            long closedAtMs,
            @Nullable String clientRequestId)
            implements UsageEvent {

        public Closed {
            funding = List.copyOf(funding);
            attempts = List.copyOf(attempts);
        }

        /** What the keys served, at the buyer's price: cost plus what only the platform bears. */
        public Credits served() {
            var sum = Credits.ZERO;
            for (var attempt : attempts) {
                sum = sum.plus(attempt.served());
            }
            return sum;
        }
    }

    /**
     * A slice of a hold reserved for the request.
     *
     * @param atMost what was reserved in it
     */
    record Funding(UUID hold, Credits atMost) {}

    /**
     * One upstream call.
     *
     * @param keyId the deposited key that was used
     * @param ownerId its owner; null for a platform key, whose whole share is the platform's
     * @param ownerBasisPoints the owner's part of {@code served}, 0 to 10,000
     * @param served what the key is known to have served in this call, at the buyer's price; zero for a refused call
     * @param listCost the same tokens at the provider's list price without mark-up, in credits: what the key's quota
     *     falls by
     * @param status the upstream HTTP status, absent where there was no answer
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Attempt(
            UUID keyId,
            @Nullable UUID ownerId,
            int ownerBasisPoints,
            @JsonProperty("gen_ai.provider.name") String provider,
            Result result,

            @JsonProperty("http.response.status_code") @Nullable
            Integer status,

            TokenUsage tokens,
            Credits served,
            Credits listCost,
            @Nullable Long firstByteMs,
            long durationMs,
            @JsonProperty("gen_ai.response.id") @Nullable String responseId,
            @Nullable String upstreamRequestId) {}

    /**
     * Why the last key was chosen (RT2 of the requirements): the score and its parts, each 0 to 1 before multipliers.
     *
     * @param strategy smart, cheapest, fastest, weighted-round-robin or least-recently-used
     * @param score what it was ranked by: by quality 0 to 1; by weight US dollars of quota left, 0 without a limit; by
     *     last use the seconds since, a day at most
     */
    record Routing(
            String strategy, double score, double cost, double performance, double reliability, double multiplier) {}

    /** How a request ended, for its caller. */
    enum Outcome {
        /** A whole answer was delivered. */
        COMPLETED,
        /** The provider refused the request itself; its answer was passed on. */
        UPSTREAM_REFUSED,
        /** No key could serve before the first byte. */
        UPSTREAM_FAILED,
        /** The stream broke after its first byte; the client was told in band. */
        UPSTREAM_CUT,
        /** The longest request time ran out. */
        TIMED_OUT,
        /** The client went away. */
        CLIENT_GONE,
        /** The reservation could not be extended while the answer grew past it. */
        CREDITS_EXHAUSTED,
        /** Found opened without an end in a dead process's journal. */
        ABANDONED;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How an upstream call ended, for its key. */
    enum Result {
        SERVED,
        /** 400-class answer caused by the request: no blame. */
        REQUEST_REFUSED,
        /** 401, 402, 403, exhausted quota: the key's fault. 404: its fault for this model. */
        KEY_REFUSED,
        /** 429. */
        RATE_LIMITED,
        /** 5xx, or an error inside a 200 stream. */
        PROVIDER_ERROR,
        /** Refused or reset connection, DNS, TLS, time-out before an answer: the host's fault. */
        UNREACHABLE,
        /** Broke off after it began to answer. */
        CUT,
        /** Stopped by us because the client went away or credits ran out. */
        CANCELLED;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where the token counts come from. */
    enum Metering {
        /** The provider's own usage report. */
        REPORTED,
        /** Counted here with the model's tokenizer, because the report was missing or the answer incomplete. */
        COUNTED,
        /** Nothing was served. */
        NONE;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
