package io.quotabank.proxy.relay;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxBody the largest request body; a larger one is refused with 413
 * @param maxAnswer the largest answer that is not streamed; a larger one is given up, and paid as far as it
 *     was served
 * @param maxEvent the largest event of a stream; likewise
 * @param longestRequest the longest time for a request with all its attempts
 * @param keyAttempts how many keys may fail one request before it is given up
 * @param hostAttempts how many times hosts may fail one request before it is given up
 * @param imageTokens the most input tokens that one image is expected to cost, for the reservation
 * @param leastOutput the fewest output tokens that an answer is shortened to where credits are short
 * @param drainTokens a client is gone: with at most this many tokens to come the answer is read to its end
 * @param drainFor the longest time for that
 * @param noteEvery how often what was delivered is journaled while a stream runs
 * @param heartBeat after so long a silence in a stream that has begun, its client gets an empty chunk; 0 for never
 */
@Validated
@ConfigurationProperties("quotabank.relay")
record RelayProperties(
        @DefaultValue("10MB") DataSize maxBody,
        @DefaultValue("32MB") DataSize maxAnswer,
        @DefaultValue("1MB") DataSize maxEvent,
        @DefaultValue("10m") Duration longestRequest,
        @DefaultValue("5") @Min(1) int keyAttempts,
        @DefaultValue("3") @Min(1) int hostAttempts,
        @DefaultValue("50000") @Min(0) int imageTokens,
        @DefaultValue("16") @Min(1) int leastOutput,
        @DefaultValue("32") @Min(0) int drainTokens,
        @DefaultValue("2s") Duration drainFor,
        @DefaultValue("1s") Duration noteEvery,
        @DefaultValue("15s") Duration heartBeat) {}
