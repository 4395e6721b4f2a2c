package io.quotabank.proxy.metering;

import io.quotabank.contracts.usage.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * What a chat completion, or one chunk of a streamed one, tells: read in one pass over its bytes, which stay as they are
 * but for the edits offered here.
 */
public final class ScannedAnswer {

    /**
     * A provider's usage report, made to fit: a class larger than what it is part of is cut to it.
     *
     * @param odd true where something had to be cut, was negative or did not add up
     */
    public record UsageReport(TokenUsage tokens, boolean odd) {

        /** The same with no more input and output than this; odd where something was cut. */
        public UsageReport within(long input, long output) {
            if (tokens.input() <= input && tokens.output() <= output) {
                return this;
            }
            long read = Math.min(tokens.cacheRead(), input);
            long creation = Math.min(tokens.cacheCreation(), input - read);
            long reasoning = Math.min(tokens.reasoning(), output);
            return new UsageReport(new TokenUsage(input, output, read, creation, reasoning), true);
        }
    }

    /** A provider's answer is not the JSON it should be. Carries no text of it. */
    public static final class MalformedAnswerException extends Exception {
        MalformedAnswerException(String what) {
            super(what, null, false, false);
        }
    }

    private static final int DEEPEST = 64;
    private static final int LONGEST_STRING = 32 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_STRING)
                    .build())
            .build();

    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final boolean inputAlone;
    private @Nullable String id;
    private boolean error;
    private @Nullable String errorCode;
    private boolean choices;
    private boolean data;
    private boolean finished;
    private @Nullable UsageReport usage;
    private int usageStart = -1;
    private int usageEnd;
    private int costStart = -1;
    private int costEnd;
    private boolean usageEmpty;

    private ScannedAnswer(byte[] bytes, int offset, int length, boolean inputAlone) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.inputAlone = inputAlone;
    }

    /** Scans an object; generated text goes to {@code received}. */
    public static ScannedAnswer of(byte[] bytes, int offset, int length, ReceivedText received)
            throws MalformedAnswerException {
        return scanned(new ScannedAnswer(bytes, offset, length, false), received);
    }

    /** Scans the answer to a request that generates nothing: a report of its input is whole. */
    public static ScannedAnswer withoutOutput(byte[] bytes, ReceivedText received) throws MalformedAnswerException {
        return scanned(new ScannedAnswer(bytes, 0, bytes.length, true), received);
    }

    private static ScannedAnswer scanned(ScannedAnswer answer, ReceivedText received) throws MalformedAnswerException {
        try (var json = JSON.createParser(ObjectReadContext.empty(), answer.bytes, answer.offset, answer.length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedAnswerException("not an object");
            }
            answer.root(json, received);
            if (json.nextToken() != null) {
                throw new MalformedAnswerException("more than one object");
            }
        } catch (JacksonException notJson) {
            throw new MalformedAnswerException("not JSON");
        }
        return answer;
    }

    public @Nullable String id() {
        return id;
    }

    /** True where there is an {@code error} that says anything, whatever else there is beside it. */
    public boolean isError() {
        return error;
    }

    /** The error's code, a number as its digits, or its type where it has no code. */
    public @Nullable String errorCode() {
        return errorCode;
    }

    /** True where {@code choices} has at least one element. */
    public boolean hasChoices() {
        return choices;
    }

    /** True where {@code data}, which has the vectors of embeddings, has at least one element. */
    public boolean hasData() {
        return data;
    }

    /** True where a choice has a reason to have finished. */
    public boolean isFinished() {
        return finished;
    }

    /** Null where nothing usable is reported. */
    public @Nullable UsageReport usage() {
        return usage;
    }

    /** True where there is a usage object, usable or not. */
    public boolean hasUsageObject() {
        return usageStart >= 0;
    }

    /** The answer with {@code "cost":<cost>} as the last member of its usage object, or in place of one it had. */
    public byte[] withCost(String cost) {
        if (costStart >= 0) {
            return spliced(costStart, costEnd, cost);
        }
        return spliced(usageEnd - 1, usageEnd - 1, (usageEmpty ? "" : ",") + "\"cost\":" + cost);
    }

    /** The answer with {@code null} in place of its usage object. */
    public byte[] withoutUsage() {
        return spliced(usageStart, usageEnd, "null");
    }

    /** Replaces what lies between two offsets of the answer. */
    private byte[] spliced(int from, int to, String text) {
        var insert = text.getBytes(StandardCharsets.US_ASCII);
        var result = Arrays.copyOfRange(bytes, offset, offset + length - (to - from) + insert.length);
        System.arraycopy(insert, 0, result, from, insert.length);
        System.arraycopy(bytes, offset + to, result, from + insert.length, length - to);
        return result;
    }

    private void root(JsonParser json, ReceivedText received) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "id" -> id = value == JsonToken.VALUE_STRING ? json.getString() : skipped(json);
                case "choices" -> choices(json, value, received);
                case "data" -> data(json, value);
                case "usage" -> usage(json, value);
                case "error" -> error(json, value);
                default -> json.skipChildren();
            }
        }
    }

    private void choices(JsonParser json, JsonToken first, ReceivedText received) {
        if (first != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            choices = true;
            if (json.currentToken() == JsonToken.START_OBJECT) {
                finished |= ChoiceParser.parse(json, received);
            } else {
                json.skipChildren();
            }
        }
    }

    private void data(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            data = true;
            json.skipChildren();
        }
    }

    private void usage(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        usageStart = (int) json.currentTokenLocation().getByteOffset();
        var parser = new UsageParser(inputAlone);
        usage = parser.parse(json);
        usageEnd = (int) json.currentLocation().getByteOffset();
        costStart = parser.costStart;
        costEnd = parser.costEnd;
        usageEmpty = parser.empty;
    }

    private void error(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            error = first == JsonToken.VALUE_STRING ? json.getStringLength() > 0 : first == JsonToken.START_ARRAY;
            json.skipChildren();
            return;
        }
        String type = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            error = true;
            var name = json.currentName();
            var value = json.nextToken();
            boolean text = value == JsonToken.VALUE_STRING;
            if (name.equals("code") && (text || value == JsonToken.VALUE_NUMBER_INT)) {
                errorCode = json.getString();
            } else if (text && name.equals("type")) {
                type = json.getString();
            } else {
                json.skipChildren();
            }
        }
        errorCode = errorCode == null ? type : errorCode;
    }

    private static @Nullable String skipped(JsonParser json) {
        json.skipChildren();
        return null;
    }
}
