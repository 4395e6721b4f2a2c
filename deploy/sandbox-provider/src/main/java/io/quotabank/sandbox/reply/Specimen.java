package io.quotabank.sandbox.reply;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document that satisfies a simple JSON Schema: objects, arrays, strings, numbers, booleans, enums, constants,
 * alternatives and references inside the schema. Patterns are not understood.
 */
final class Specimen {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** A schema that refers to itself ends here, with the shortest that it allows. */
    private static final int DEEP = 6;

    private static final int TOO_DEEP = 40;
    private static final long MAX_ITEMS = 100;
    private static final long MAX_LENGTH = 1000;

    /** However much a schema asks for: what is beyond is null. */
    private static final int MAX_VALUES = 2000;

    private final JsonNode root;
    private int values;

    private Specimen(JsonNode root) {
        this.root = root;
    }

    /** As JSON text; without a schema, some object. */
    static String of(@Nullable JsonNode schema) {
        if (schema == null || !schema.isObject()) {
            return "{\"answer\":\"Good tools keep their promise every day.\"}";
        }
        return new Specimen(schema).build(schema, 0).toString();
    }

    private JsonNode build(JsonNode schema, int depth) {
        if (depth > TOO_DEEP || ++values > MAX_VALUES) {
            return NODES.nullNode();
        }
        if (schema.has("$ref")) {
            return build(target(schema.get("$ref").asString("")), depth + 1);
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.path("enum").size() > 0) {
            return schema.get("enum").get(0);
        }
        for (var either : List.of("anyOf", "oneOf", "allOf")) {
            if (schema.path(either).size() > 0) {
                return build(choose(schema.get(either), depth), depth + 1);
            }
        }
        return byType(schema, depth);
    }

    private JsonNode byType(JsonNode schema, int depth) {
        return switch (type(schema, depth)) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, depth);
            case "integer", "number" -> number(schema);
            case "boolean" -> NODES.booleanNode(true);
            case "null" -> NODES.nullNode();
            case null, default -> NODES.stringNode(string(schema));
        };
    }

    private static String type(JsonNode schema, int depth) {
        var type = schema.path("type");
        if (type.isArray() && !type.isEmpty()) {
            var last = type.get(type.size() - 1).asString("");
            return depth > DEEP && last.equals("null") ? "null" : type.get(0).asString("");
        }
        return type.isMissingNode() && schema.has("properties") ? "object" : type.asString("");
    }

    /** The first alternative, or null, where that is one, once it is time to come to an end. */
    private static JsonNode choose(JsonNode alternatives, int depth) {
        if (depth > DEEP) {
            for (var each : alternatives) {
                if (each.path("type").asString("").equals("null")) {
                    return each;
                }
            }
        }
        return alternatives.get(0);
    }

    private JsonNode target(String reference) {
        return reference.startsWith("#/") ? root.at(reference.substring(1)) : root;
    }

    private ObjectNode object(JsonNode schema, int depth) {
        var object = NODES.objectNode();
        var properties = schema.path("properties");
        if (schema.path("required").isEmpty() && depth <= DEEP) {
            properties.properties().forEach(each -> object.set(each.getKey(), build(each.getValue(), depth + 1)));
        }
        for (var required : schema.path("required")) {
            var name = required.asString("");
            object.set(name, build(properties.path(name), depth + 1));
        }
        return object;
    }

    private JsonNode array(JsonNode schema, int depth) {
        var usual = depth > DEEP ? 0 : 1;
        var atMost = Math.min(MAX_ITEMS, schema.path("maxItems").asLong(MAX_ITEMS));
        var count = Math.min(atMost, Math.max(usual, schema.path("minItems").asLong(0)));
        var array = NODES.arrayNode();
        for (var i = 0; i < count; i++) {
            array.add(build(schema.path("items"), depth + 1));
        }
        return array;
    }

    private static JsonNode number(JsonNode schema) {
        var atLeast =
                schema.path("minimum").asLong(schema.path("exclusiveMinimum").asLong(0) + 1);
        var atMost = schema.path("maximum").asLong(Long.MAX_VALUE);
        return NODES.numberNode(Math.min(atLeast, atMost));
    }

    private static String string(JsonNode schema) {
        var usual = switch (schema.path("format").asString("")) {
            case "date-time" -> "2026-01-02T03:04:05Z";
            case "date" -> "2026-01-02";
            case "time" -> "03:04:05Z";
            case "email" -> "someone@example.com";
            case "uuid" -> "0b6d3f0e-7f5c-4c1e-9d55-2f6f7c0f9a11";
            case "uri" -> "https://example.com/";
            default -> "morning";
        };
        var atLeast = Math.min(MAX_LENGTH, schema.path("minLength").asLong(0));
        var atMost = schema.path("maxLength").asLong(MAX_LENGTH);
        var text = usual.length() < atLeast ? usual + "a".repeat((int) atLeast - usual.length()) : usual;
        return text.substring(0, (int) Math.max(0, Math.min(text.length(), atMost)));
    }
}
