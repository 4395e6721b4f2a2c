package io.quotabank.proxy.metering;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.proxy.metering.ScannedAnswer.UsageReport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one {@code usage} object of the chat protocol; unknown members are skipped, nulls are absences. */
final class UsageParser {

    // Past this a count is a mistake of the provider's; a sum of a few of them stays far from overflow.
    private static final long MOST_TOKENS = 1L << 40;
    private static final long ABSENT = -1;

    private long prompt = ABSENT;
    private long completion = ABSENT;
    private long total = ABSENT;
    private long cacheRead = ABSENT;
    private long cacheHit = ABSENT;
    private long cacheCreation = ABSENT;
    private long reasoning = ABSENT;
    private final boolean inputAlone;
    private boolean odd;

    /** The byte where a value of {@code cost} begins and ends, -1 where there is none. */
    int costStart = -1;

    int costEnd = -1;
    boolean empty = true;

    /** @param inputAlone true where nothing is put out, and so nothing need be said of it */
    UsageParser(boolean inputAlone) {
        this.inputAlone = inputAlone;
    }

    /** The parser stands on the object's start and will stand on its end. Null where it reports nothing usable. */
    @Nullable
    UsageReport parse(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            empty = false;
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "prompt_tokens" -> prompt = count(json, value);
                case "completion_tokens" -> completion = count(json, value);
                case "total_tokens" -> total = count(json, value);
                case "prompt_cache_hit_tokens" -> cacheHit = count(json, value);
                case "prompt_tokens_details", "completion_tokens_details" -> details(json, value);
                case "cost" -> cost(json);
                default -> json.skipChildren();
            }
        }
        return report();
    }

    private void details(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "cached_tokens" -> cacheRead = count(json, value);
                case "cache_write_tokens", "cache_creation_tokens" -> cacheCreation = count(json, value);
                case "reasoning_tokens" -> reasoning = count(json, value);
                default -> json.skipChildren();
            }
        }
    }

    private void cost(JsonParser json) {
        costStart = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        // Finishing the token moves the parser to just behind a string, number or word.
        json.finishToken();
        costEnd = (int) json.currentLocation().getByteOffset();
    }

    private long count(JsonParser json, JsonToken value) {
        if (value == JsonToken.VALUE_NULL) {
            return ABSENT;
        }
        if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
            json.skipChildren();
            odd = true;
            return ABSENT;
        }
        double number = json.getDoubleValue();
        if (number < 0 || number > MOST_TOKENS) {
            odd = true;
            return number < 0 ? 0 : MOST_TOKENS;
        }
        odd |= number != Math.rint(number);
        return (long) number;
    }

    private @Nullable UsageReport report() {
        if (inputAlone && completion == ABSENT) {
            completion = 0;
        }
        if (prompt == ABSENT && total != ABSENT && completion != ABSENT) {
            prompt = Math.max(0, total - completion);
        }
        if (completion == ABSENT && total != ABSENT && prompt != ABSENT) {
            completion = Math.max(0, total - prompt);
        }
        if (prompt == ABSENT || completion == ABSENT) {
            return null;
        }
        odd |= total != ABSENT && total != prompt + completion;
        long read = within(cacheRead == ABSENT ? cacheHit : cacheRead, prompt);
        long creation = within(cacheCreation, prompt - read);
        long thought = within(reasoning, completion);
        return new UsageReport(new TokenUsage(prompt, completion, read, creation, thought), odd);
    }

    private long within(long part, long whole) {
        if (part > whole) {
            odd = true;
            return whole;
        }
        return Math.max(0, part);
    }
}
