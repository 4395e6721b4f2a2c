package io.quotabank.sandbox.control;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object sent to the control API. Whatever is wrong with it is an IllegalArgumentException whose message is a
 * sentence for the sender.
 */
record Body(JsonNode object) {

    /** Amounts of money are read as written, not as binary fractions. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** @param names the members that there may be: a mistyped one is told, not ignored */
    static Body read(byte[] bytes, Set<String> names) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("The body is not valid JSON.", e);
        }
        return of(root, "The body", names);
    }

    private static Body of(JsonNode node, String what, Set<String> names) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(what + " is not a JSON object.");
        }
        for (var name : node.propertyNames()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(what + " has a member '" + name + "', which is none of: "
                        + String.join(", ", names.stream().sorted().toList()) + ".");
            }
        }
        return new Body(node);
    }

    /** Absent and null are the same. */
    private @Nullable JsonNode present(String name) {
        var value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return present(name) != null;
    }

    @Nullable
    Body object(String name, Set<String> names) {
        var value = present(name);
        return value == null ? null : of(value, "'" + name + "'", names);
    }

    @Nullable
    String string(String name) {
        var value = present(name);
        if (value != null && !value.isString()) {
            throw new IllegalArgumentException("'" + name + "' is not a string.");
        }
        return value == null ? null : value.stringValue();
    }

    @Nullable
    BigDecimal number(String name) {
        var value = present(name);
        if (value != null && !value.isNumber()) {
            throw new IllegalArgumentException("'" + name + "' is not a number.");
        }
        return value == null ? null : value.decimalValue();
    }

    BigDecimal numberOr(String name, BigDecimal absent) {
        var value = number(name);
        return value == null ? absent : value;
    }

    @Nullable
    Integer integer(String name) {
        var value = present(name);
        if (value != null && !(value.isIntegralNumber() && value.canConvertToInt())) {
            throw new IllegalArgumentException("'" + name + "' is not a whole number, or too large.");
        }
        return value == null ? null : value.intValue();
    }

    int integerOr(String name, int absent) {
        var value = integer(name);
        return value == null ? absent : value;
    }

    int requiredInteger(String name) {
        var value = integer(name);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    List<String> strings(String name) {
        var value = present(name);
        if (value == null) {
            throw missing(name);
        }
        var list = new ArrayList<String>();
        for (var each : value) {
            list.add(each.isString() ? each.stringValue() : "");
        }
        if (!value.isArray() || list.contains("")) {
            throw new IllegalArgumentException("'" + name + "' is not an array of strings.");
        }
        return list;
    }

    static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("'" + name + "' is missing.");
    }
}
