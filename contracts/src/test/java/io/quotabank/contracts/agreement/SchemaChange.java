package io.quotabank.contracts.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a change of a schema would break for those who read the topic by the released one, or who read records that were
 * written by it. A new optional property breaks nothing: readers pass over what they do not know.
 */
final class SchemaChange {

    /** A value may neither become another for readers nor may old values become wrong. */
    private static final List<String> CONSTRAINTS = List.of(
            "title",
            "format",
            "const",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "pattern",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "uniqueItems");

    private final JsonNode released;
    private final JsonNode present;
    private final List<String> breaks = new ArrayList<>();

    private SchemaChange(JsonNode released, JsonNode present) {
        this.released = released;
        this.present = present;
    }

    static List<String> breaks(JsonNode released, JsonNode present) {
        var change = new SchemaChange(released, present);
        change.compare("", released, present);
        return change.breaks;
    }

    private void compare(String at, JsonNode before, JsonNode now) {
        var was = followed(before, released);
        var is = followed(now, present);
        compareSets(at, "type", types(was), types(is));
        // Words for what could be any text are no break: who reads any text reads these.
        if (was.has("enum")) {
            compareSets(at, "enum", strings(was.path("enum")), strings(is.path("enum")));
        }
        for (var constraint : CONSTRAINTS) {
            if (!was.path(constraint).equals(is.path(constraint))) {
                breaks.add(
                        "%s: %s was %s and is %s".formatted(at, constraint, was.path(constraint), is.path(constraint)));
            }
        }
        compareRequired(at, was, is);
        for (var property : was.path("properties").properties()) {
            var name = at + "/" + property.getKey();
            var same = is.path("properties").path(property.getKey());
            if (same.isMissingNode()) {
                breaks.add(name + ": is gone");
            } else {
                compare(name, property.getValue(), same);
            }
        }
        if (was.has("items") || is.has("items")) {
            compare(at + "[]", was.path("items"), is.path("items"));
        }
    }

    private void compareRequired(String at, JsonNode was, JsonNode is) {
        var before = strings(was.path("required"));
        var now = strings(is.path("required"));
        now.stream()
                .filter(name -> !before.contains(name))
                .forEach(name -> breaks.add("%s/%s: is required and was not".formatted(at, name)));
        before.stream()
                .filter(name -> !now.contains(name))
                .forEach(name -> breaks.add("%s/%s: was required and is not".formatted(at, name)));
    }

    private void compareSets(String at, String keyword, Set<String> before, Set<String> now) {
        if (!before.equals(now)) {
            breaks.add("%s: %s was %s and is %s".formatted(at, keyword, before, now));
        }
    }

    private static Set<String> types(JsonNode schema) {
        return schema.has("enum") && !schema.has("type") ? Set.of("string") : strings(schema.path("type"));
    }

    private static Set<String> strings(JsonNode node) {
        return node.isString()
                ? new TreeSet<>(List.of(node.asString()))
                : node.valueStream().map(JsonNode::asString).collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode followed(JsonNode schema, JsonNode document) {
        var reference = schema.path("$ref").asString("");
        return reference.startsWith("#") ? followed(document.at(reference.substring(1)), document) : schema;
    }
}
