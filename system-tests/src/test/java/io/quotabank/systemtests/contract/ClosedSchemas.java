package io.quotabank.systemtests.contract;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Closes schemas: an object that does not say what else it may have ({@code additionalProperties}) has nothing else.
 * Without this, a field that nobody wrote down would fit every schema.
 */
final class ClosedSchemas {

    private static final List<String> BY_NAME = List.of("properties", "patternProperties", "$defs");
    private static final List<String> SINGLE = List.of("items", "additionalProperties", "contains");
    private static final List<String> ALTERNATIVES = List.of("anyOf", "oneOf", "prefixItems");
    // What is composed with others is left open; the whole of them is closed.
    private static final String PART = "-as-a-part";

    static JsonNode closed(JsonNode schema) {
        var copy = schema.deepCopy();
        close(copy, true);
        return copy;
    }

    /** A document's components with their schemas closed. */
    static JsonNode components(JsonNode document) {
        var components = document.path("components").deepCopy();
        if (components.path("schemas") instanceof ObjectNode schemas) {
            for (var schema : List.copyOf(schemas.properties())) {
                var part = schema.getValue().deepCopy();
                close(part, false);
                schemas.set(schema.getKey() + PART, part);
                close(schema.getValue(), true);
            }
        }
        return components;
    }

    private static void close(JsonNode schema, boolean itself) {
        if (!(schema instanceof ObjectNode object)) {
            return;
        }
        BY_NAME.forEach(member -> object.path(member).forEach(part -> close(part, true)));
        SINGLE.forEach(member -> close(object.path(member), true));
        ALTERNATIVES.forEach(member -> object.path(member).forEach(part -> close(part, true)));
        object.path("allOf").forEach(part -> {
            close(part, false);
            if (part instanceof ObjectNode reference && reference.has("$ref")) {
                reference.put("$ref", reference.path("$ref").asString() + PART);
            }
        });
        if (itself && isOpenObject(object)) {
            object.put(object.has("allOf") ? "unevaluatedProperties" : "additionalProperties", false);
        }
    }

    private static boolean isOpenObject(JsonNode schema) {
        boolean isObject = schema.has("properties")
                || schema.has("allOf")
                || schema.path("type").toString().contains("\"object\"");
        return isObject && !schema.has("additionalProperties") && !schema.has("unevaluatedProperties");
    }

    private ClosedSchemas() {}
}
