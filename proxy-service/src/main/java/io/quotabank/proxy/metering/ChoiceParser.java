package io.quotabank.proxy.metering;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one element of {@code choices}: whether it has finished, and all text in it that costs output tokens. */
final class ChoiceParser {

    private static final int MOST_CHOICES = 1024;

    /** The parser stands on the object's start and will stand on its end. True where the choice has finished. */
    static boolean parse(JsonParser json, ReceivedText received) {
        boolean finished = false;
        // The index comes first in every known provider's chunk; without one the choice is the first.
        int index = 0;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "index" -> index = index(json, value);
                case "delta", "message" -> message(json, value, index, received);
                case "text" -> text(json, value, index, ReceivedText.Kind.CONTENT, received);
                case "finish_reason" -> finished = value == JsonToken.VALUE_STRING;
                default -> json.skipChildren();
            }
        }
        return finished;
    }

    private static int index(JsonParser json, JsonToken value) {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            json.skipChildren();
            return 0;
        }
        return Math.clamp(json.getValueAsLong(), 0, MOST_CHOICES);
    }

    private static void message(JsonParser json, JsonToken first, int index, ReceivedText received) {
        if (first != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            switch (name) {
                case "content", "refusal" -> text(json, value, index, ReceivedText.Kind.CONTENT, received);
                case "reasoning_content", "reasoning" ->
                    text(json, value, index, ReceivedText.Kind.REASONING, received);
                case "tool_calls", "function_call" -> calls(json, index, received);
                default -> json.skipChildren();
            }
        }
    }

    /** Every name and argument text below the value that the parser stands on. */
    private static void calls(JsonParser json, int index, ReceivedText received) {
        if (!json.currentToken().isStructStart()) {
            return;
        }
        int depth = 1;
        while (depth > 0) {
            var token = json.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING && costsTokens(json.currentName())) {
                received.add(index, ReceivedText.Kind.TOOL, json.getString());
            }
        }
    }

    private static boolean costsTokens(String name) {
        return "name".equals(name) || "arguments".equals(name);
    }

    private static void text(
            JsonParser json, JsonToken value, int index, ReceivedText.Kind kind, ReceivedText received) {
        if (value == JsonToken.VALUE_STRING) {
            received.add(index, kind, json.getString());
        } else {
            json.skipChildren();
        }
    }

    private ChoiceParser() {}
}
