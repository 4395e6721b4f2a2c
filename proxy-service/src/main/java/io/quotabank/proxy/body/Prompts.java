package io.quotabank.proxy.body;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The four forms of what a model reads outside of a chat: a text, a list of texts, a list of tokens, a list of lists of
 * tokens. Anything else could stand for more than its bytes and is refused.
 */
final class Prompts {

    /** As many as OpenAI takes in one request. */
    static final int MOST = 2048;

    private enum Form {
        TEXTS,
        TOKENS,
        LISTS
    }

    /** How many there are. The parser stands on the value and will stand on its end. */
    static int count(JsonParser json, JsonToken value, String name) throws MalformedRequestException {
        if (value == JsonToken.VALUE_STRING) {
            json.skipChildren();
            return 1;
        }
        if (value != JsonToken.START_ARRAY) {
            throw wrong(name);
        }
        Form form = null;
        int elements = 0;
        for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            var own = form(token, name);
            if (form != null && own != form) {
                throw wrong(name);
            }
            form = own;
            elements += element(json, own, name);
            if (form != Form.TOKENS && elements > MOST) {
                throw new MalformedRequestException("'" + name + "' has more than " + MOST + " elements.", name);
            }
        }
        if (form == null) {
            throw new MalformedRequestException("'" + name + "' is empty.", name);
        }
        return form == Form.TOKENS ? 1 : elements;
    }

    /** For a member that belongs to another operation, and that a reader of several could price by. */
    static void notHere(JsonParser json, JsonToken value, String name) throws MalformedRequestException {
        if (value != JsonToken.VALUE_NULL) {
            throw new MalformedRequestException("'" + name + "' is no parameter of this call.", name);
        }
        json.skipChildren();
    }

    private static Form form(JsonToken token, String name) throws MalformedRequestException {
        return switch (token) {
            case VALUE_STRING -> Form.TEXTS;
            case VALUE_NUMBER_INT -> Form.TOKENS;
            case START_ARRAY -> Form.LISTS;
            default -> throw wrong(name);
        };
    }

    private static int element(JsonParser json, Form form, String name) throws MalformedRequestException {
        switch (form) {
            case TEXTS -> json.skipChildren();
            case TOKENS -> token(json, name);
            case LISTS -> {
                for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
                    if (token != JsonToken.VALUE_NUMBER_INT) {
                        throw wrong(name);
                    }
                    token(json, name);
                }
            }
        }
        return 1;
    }

    private static void token(JsonParser json, String name) throws MalformedRequestException {
        if (json.getNumberType() != JsonParser.NumberType.INT || json.getIntValue() < 0) {
            throw wrong(name);
        }
    }

    private static MalformedRequestException wrong(String name) {
        return new MalformedRequestException(
                "'" + name + "' is not a string, a list of strings, a list of tokens or a list of lists of tokens.",
                name);
    }

    private Prompts() {}
}
