package io.quotabank.proxy.body;

import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What the messages of a request have besides text, found while the body is scanned: members by their names as JSON has
 * them, escapes undone. What is not known to be bounded by its bytes counts as {@linkplain #opaque opaque}.
 */
final class Attachments {

    // Billed by their text, or not at all. What else a message has as an object or array may stand for more.
    private static final Set<String> TEXT_OF_MESSAGES = Set.of("tool_calls", "function_call");
    private static final Set<String> BYTES_OF_MESSAGES = Set.of("reasoning_details", "annotations", "cache_control");
    private static final Set<String> TEXT_OF_PARTS = Set.of("type", "text", "refusal");
    private static final Set<String> BYTES_OF_PARTS = Set.of("cache_control", "thinking", "signature", "id", "index");
    private static final Set<String> KNOWN_PARTS =
            Set.of("text", "refusal", "image_url", "input_audio", "thinking", "reasoning");
    private static final String INLINE = "data:";
    // A scheme and its colon; Base64 has no colon.
    private static final int LONGEST_SCHEME = 16;

    private int images;
    private long audioCharacters;
    private long otherBytes;
    private boolean opaque;

    int images() {
        return images;
    }

    /** Length of all audio, as Base64 text. */
    long audioCharacters() {
        return audioCharacters;
    }

    /** Bytes of what no tokenizer is asked about, though it may cost input. */
    long otherBytes() {
        return otherBytes;
    }

    /** True where something may have any number of tokens: a file, a part of an unknown type, media by address. */
    boolean opaque() {
        return opaque;
    }

    /** The parser stands on the value of {@code messages}. */
    void messages(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_ARRAY) {
            other(json);
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                message(json);
            } else {
                other(json);
            }
        }
    }

    /** Counts the value that the parser stands on by its bytes. */
    void other(JsonParser json) {
        long start = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        json.finishToken();
        otherBytes += json.currentLocation().getByteOffset() - start;
    }

    private void message(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            if (name.equals("content")) {
                content(json, value);
            } else if (BYTES_OF_MESSAGES.contains(name)) {
                other(json);
            } else {
                opaque |= value.isStructStart() && !TEXT_OF_MESSAGES.contains(name);
                json.skipChildren();
            }
        }
    }

    private void content(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_ARRAY) {
            opaque |= first.isStructStart();
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                part(json);
            } else {
                other(json);
            }
        }
    }

    private void part(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            if (name.equals("type")) {
                opaque |= value != JsonToken.VALUE_STRING || !KNOWN_PARTS.contains(json.getString());
                json.skipChildren();
            } else if (name.equals("image_url")) {
                images++;
                json.skipChildren();
            } else if (name.equals("input_audio")) {
                audio(json, value);
            } else if (BYTES_OF_PARTS.contains(name)) {
                other(json);
            } else {
                opaque |= value != JsonToken.VALUE_NULL && !TEXT_OF_PARTS.contains(name);
                json.skipChildren();
            }
        }
    }

    private void audio(JsonParser json, JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            opaque |= first != JsonToken.VALUE_NULL;
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            if (name.equals("data") && value == JsonToken.VALUE_STRING) {
                audioCharacters += json.getStringLength();
                opaque |= isAddress(json);
            } else {
                opaque |= value != JsonToken.VALUE_NULL && !name.equals("format");
                json.skipChildren();
            }
        }
    }

    /** Looks at its beginning only: the audio itself is not made a string of. */
    private static boolean isAddress(JsonParser json) {
        int length = Math.min(LONGEST_SCHEME, json.getStringLength());
        var start = new String(json.getStringCharacters(), json.getStringOffset(), length);
        return start.indexOf(':') >= 0 && !start.startsWith(INLINE);
    }
}
