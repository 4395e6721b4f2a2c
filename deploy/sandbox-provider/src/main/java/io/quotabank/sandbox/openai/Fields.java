package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The members of a JSON object in a request, refused in OpenAI's words when they are of the wrong type. */
record Fields(JsonNode object, String path) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** @throws Malformed when the body is not a JSON object */
    static Fields parse(byte[] body) {
        @Nullable JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JacksonException e) {
            root = null;
        }
        if (root == null || !root.isObject()) {
            var message = "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but"
                    + " what was sent was not valid JSON, or not an object.";
            throw new Malformed(OpenAiError.invalid(message, null, null));
        }
        return new Fields(root, "");
    }

    /** An absent member and a null one are the same. */
    private @Nullable JsonNode present(String name) {
        var value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return present(name) != null;
    }

    String requiredString(String name) {
        var value = string(name);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    @Nullable
    String string(String name) {
        var value = present(name);
        if (value != null && !value.isString()) {
            throw wrongType(name, "a string", value);
        }
        return value == null ? null : value.stringValue();
    }

    boolean flag(String name) {
        var value = present(name);
        if (value != null && !value.isBoolean()) {
            throw wrongType(name, "a boolean", value);
        }
        return value != null && value.booleanValue();
    }

    /** @return 0 when absent */
    int positiveInt(String name, int most) {
        return intBetween(name, 1, most, 0);
    }

    int intBetween(String name, int least, int most, int absent) {
        var value = present(name);
        if (value == null) {
            return absent;
        }
        if (!value.isIntegralNumber()) {
            throw wrongType(name, "an integer", value);
        }
        if (value.bigIntegerValue().compareTo(BigInteger.valueOf(least)) < 0) {
            var sentence = "Expected a value >= " + least + ", but got " + value + " instead.";
            throw invalid(name, "integer_below_min_value", sentence);
        }
        if (!value.canConvertToInt() || value.intValue() > most) {
            throw invalid(name, "integer_above_max_value", "Expected a value <= " + most + ".");
        }
        return value.intValue();
    }

    void numberBetween(String name, double least, double most) {
        var value = present(name);
        if (value != null && !value.isNumber()) {
            throw wrongType(name, "a decimal", value);
        }
        if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw invalid(name, "decimal_out_of_range", "Expected a value between " + least + " and " + most + ".");
        }
    }

    @Nullable
    Fields object(String name) {
        var value = present(name);
        if (value != null && !value.isObject()) {
            throw wrongType(name, "an object", value);
        }
        return value == null ? null : new Fields(value, at(name));
    }

    @Nullable
    JsonNode array(String name) {
        var value = present(name);
        if (value != null && !value.isArray()) {
            throw wrongType(name, "an array", value);
        }
        return value;
    }

    Fields element(String array, int index, JsonNode value) {
        var name = array + "[" + index + "]";
        if (!value.isObject()) {
            throw wrongType(name, "an object", value);
        }
        return new Fields(value, at(name));
    }

    @Nullable
    JsonNode raw(String name) {
        return present(name);
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    Malformed missing(String name) {
        var message = "Missing required parameter: '" + at(name) + "'.";
        return new Malformed(OpenAiError.invalid(message, at(name), "missing_required_parameter"));
    }

    Malformed wrongType(String name, String expected, JsonNode got) {
        var message =
                "Invalid type for '" + at(name) + "': expected " + expected + ", but got " + kind(got) + " instead.";
        return new Malformed(OpenAiError.invalid(message, at(name), "invalid_type"));
    }

    Malformed invalid(String name, String code, String sentence) {
        return new Malformed(OpenAiError.invalid("Invalid '" + at(name) + "': " + sentence, at(name), code));
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> value.isIntegralNumber() ? "an integer" : "a decimal";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "an array";
            case NULL -> "null";
            default -> "an object";
        };
    }
}
