package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The members of a JSON object in a request, refused in OpenAI's words when they are of the wrong type. */
record Fields(JsonNode object, String path) {

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
        var value = present(name);
        if (value == null) {
            return 0;
        }
        if (!value.isIntegralNumber()) {
            throw wrongType(name, "an integer", value);
        }
        if (value.bigIntegerValue().signum() <= 0) {
            throw invalid(name, "integer_below_min_value", "Expected a value >= 1, but got " + value + " instead.");
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
