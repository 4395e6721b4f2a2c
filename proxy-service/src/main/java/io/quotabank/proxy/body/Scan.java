package io.quotabank.proxy.body;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads of a request's body only what pricing, routing and spending need, in one pass over the bytes. Anything that two
 * readers could take differently is refused: a member named twice, a wrong type, a number out of range, bytes that are
 * not UTF-8, nesting past {@value #DEEPEST}: we price what the provider reads.
 */
abstract sealed class Scan permits ChatScan, CompletionScan, EmbeddingScan {

    private static final int DEEPEST = 64;
    private static final int LONGEST_STRING = 64 << 20;
    private static final int LONGEST_MODEL = 256;
    private static final int MOST_CHOICES = 128;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_STRING)
                    .build())
            .build();

    final JsonParser json;
    final RequestBody body;
    private boolean choicesSeen;

    Scan(JsonParser json, RequestBody body) {
        this.json = json;
        this.body = body;
    }

    static RequestBody scan(Operation operation, byte[] bytes) throws MalformedRequestException {
        if (!Utf8.isText(bytes)) {
            throw new MalformedRequestException("The body is not UTF-8 text.", null);
        }
        try (var json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedRequestException("The body is not a JSON object.", null);
            }
            int opening = offset(json) + 1;
            var first = json.nextToken();
            var body =
                    new RequestBody(operation, bytes, new RequestBody.Opening(opening, first == JsonToken.END_OBJECT));
            of(json, body).members(first);
            if (json.nextToken() != null) {
                throw new MalformedRequestException("There is more than one JSON value in the body.", null);
            }
            return body;
        } catch (JacksonException malformed) {
            throw new MalformedRequestException("The body is not well-formed JSON, or nested too deeply.", null);
        }
    }

    private static Scan of(JsonParser json, RequestBody body) {
        return switch (body.operation()) {
            case CHAT -> new ChatScan(json, body);
            case TEXT_COMPLETION -> new CompletionScan(json, body);
            case EMBEDDINGS -> new EmbeddingScan(json, body);
        };
    }

    private void members(JsonToken first) throws MalformedRequestException {
        for (var token = first; token == JsonToken.PROPERTY_NAME; token = json.nextToken()) {
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "model" -> model(value);
                case "stream" -> stream(value);
                case "stream_options" -> streamOptions(value);
                case "max_tokens" -> maxTokens(value);
                case "n" -> choices(value);
                case "service_tier" -> Billable.serviceTier(json, value);
                default -> member(name, value);
            }
        }
        end();
    }

    /** Takes a member that not every operation has; {@link #other} takes what none knows. */
    abstract void member(String name, JsonToken value) throws MalformedRequestException;

    /** Everything has been read. */
    abstract void end() throws MalformedRequestException;

    final void other(String name, JsonToken value) throws MalformedRequestException {
        if (Billable.isPricedInOtherCase(name)) {
            throw new MalformedRequestException("'" + name + "' is not how this parameter is spelled.", name);
        } else if (Billable.isUnpriced(name)) {
            Billable.unpriced(value, name);
        } else if (Billable.mayCostInput(name, value)) {
            body.attachments.other(json);
        } else {
            json.skipChildren();
        }
    }

    private void model(JsonToken value) throws MalformedRequestException {
        refuseSecond(body.modelSpan, "model");
        if (value != JsonToken.VALUE_STRING) {
            throw new MalformedRequestException("'model' is not a string.", "model");
        }
        var name = json.getString();
        if (name.isEmpty() || name.length() > LONGEST_MODEL) {
            throw new MalformedRequestException("'model' is empty or too long.", "model");
        }
        body.model = name;
        body.modelSpan = span();
    }

    private void stream(JsonToken value) throws MalformedRequestException {
        refuseSecond(body.streamSpan, "stream");
        body.stream = bool(value, "stream");
        body.streamSpan = span();
    }

    private void streamOptions(JsonToken value) throws MalformedRequestException {
        refuseSecond(body.streamOptionsSpan, "stream_options");
        int start = offset(json);
        if (value == JsonToken.START_OBJECT) {
            var first = json.nextToken();
            body.streamOptions = new RequestBody.Opening(start + 1, first == JsonToken.END_OBJECT);
            for (var token = first; token == JsonToken.PROPERTY_NAME; token = json.nextToken()) {
                boolean includeUsage = json.currentName().equals("include_usage");
                var inner = json.nextToken();
                if (includeUsage) {
                    refuseSecond(body.includeUsageSpan, "include_usage");
                    body.includeUsage = bool(inner, "stream_options.include_usage");
                    body.includeUsageSpan = span();
                } else {
                    json.skipChildren();
                }
            }
        } else if (value != JsonToken.VALUE_NULL) {
            throw new MalformedRequestException("'stream_options' is not an object.", "stream_options");
        }
        body.streamOptionsSpan = new Span(start, valueEnd());
    }

    private void maxTokens(JsonToken value) throws MalformedRequestException {
        refuseSecond(body.maxTokensSpan, "max_tokens");
        body.maxTokens = number(value, "max_tokens", fewestTokens());
        body.maxTokensSpan = span();
    }

    /** The lowest limit of output that may be told. */
    long fewestTokens() {
        return 1;
    }

    private void choices(JsonToken value) throws MalformedRequestException {
        if (choicesSeen) {
            throw twice("n");
        }
        choicesSeen = true;
        body.choices = atMostChoices(value, "n");
    }

    /** 1 for null. */
    final int atMostChoices(JsonToken value, String name) throws MalformedRequestException {
        var choices = positive(value, name);
        if (choices != null && choices > MOST_CHOICES) {
            throw new MalformedRequestException("'" + name + "' is above " + MOST_CHOICES + ".", name);
        }
        return choices == null ? 1 : choices.intValue();
    }

    final boolean bool(JsonToken value, String name) throws MalformedRequestException {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw new MalformedRequestException("'" + name + "' is not a boolean.", name);
        };
    }

    final @Nullable Long positive(JsonToken value, String name) throws MalformedRequestException {
        return number(value, name, 1);
    }

    /** Null for null. */
    private @Nullable Long number(JsonToken value, String name, long least) throws MalformedRequestException {
        if (value == JsonToken.VALUE_NULL) {
            return null;
        }
        if (value != JsonToken.VALUE_NUMBER_INT || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new MalformedRequestException("'" + name + "' is not a whole number in range.", name);
        }
        long number = json.getLongValue();
        if (number < least || number > Integer.MAX_VALUE) {
            throw new MalformedRequestException("'" + name + "' is out of range.", name);
        }
        return number;
    }

    static void refuseSecond(@Nullable Span first, String name) throws MalformedRequestException {
        if (first != null) {
            throw twice(name);
        }
    }

    static MalformedRequestException twice(String name) {
        return new MalformedRequestException("'" + name + "' is there twice.", name);
    }

    final Span span() {
        return new Span(offset(json), valueEnd());
    }

    /** Where the value that was read ends. */
    final int valueEnd() {
        json.finishToken();
        return (int) json.currentLocation().getByteOffset();
    }

    static int offset(JsonParser json) {
        return (int) json.currentTokenLocation().getByteOffset();
    }
}
