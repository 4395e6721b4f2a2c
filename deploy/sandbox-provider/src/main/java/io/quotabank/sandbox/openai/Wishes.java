package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.reply.Wish;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads which form of answer a request asks for: tools, tool_choice and response_format. */
final class Wishes {

    private Wishes() {}

    static Wish read(Fields fields) {
        var functions = functions(fields);
        var choice = fields.raw("tool_choice");
        if (choice == null) {
            return format(fields);
        }
        if (functions.isEmpty()) {
            throw fields.invalid("tool_choice", "invalid_value", "It is only allowed when 'tools' are specified.");
        }
        if (choice.isObject()) {
            return named(fields, functions);
        }
        return switch (choice.isString() ? choice.stringValue() : "") {
            case "required" -> functions.values().iterator().next();
            case "auto", "none" -> format(fields);
            default ->
                throw fields.invalid(
                        "tool_choice",
                        "invalid_value",
                        "Supported values are: 'none', 'auto', 'required' or a function.");
        };
    }

    private static Map<String, Wish.Function> functions(Fields fields) {
        var functions = new LinkedHashMap<String, Wish.Function>();
        var tools = fields.array("tools");
        for (var i = 0; tools != null && i < tools.size(); i++) {
            var tool = fields.element("tools", i, tools.get(i));
            if (!tool.requiredString("type").equals("function")) {
                throw tool.invalid("type", "invalid_value", "Supported values are: 'function'.");
            }
            var function = required(tool, "function");
            var parameters = function.object("parameters");
            var name = function.requiredString("name");
            functions.put(name, new Wish.Function(name, parameters == null ? emptySchema() : parameters.object()));
        }
        return functions;
    }

    private static JsonNode emptySchema() {
        return JsonNodeFactory.instance.objectNode().put("type", "object");
    }

    private static Wish named(Fields fields, Map<String, Wish.Function> functions) {
        var name = required(required(fields, "tool_choice"), "function").requiredString("name");
        var function = functions.get(name);
        if (function == null) {
            throw fields.invalid("tool_choice", "invalid_value", "The function '" + name + "' is not in 'tools'.");
        }
        return function;
    }

    private static Wish format(Fields fields) {
        var format = fields.object("response_format");
        return switch (format == null ? "text" : format.requiredString("type")) {
            case "text" -> new Wish.Text();
            case "json_object" -> new Wish.Json(null);
            case "json_schema" -> new Wish.Json(schema(required(fields, "response_format")));
            default ->
                throw fields.invalid(
                        "response_format.type",
                        "invalid_value",
                        "Supported values are: 'text', 'json_object' and 'json_schema'.");
        };
    }

    private static @Nullable JsonNode schema(Fields format) {
        var outer = required(format, "json_schema");
        outer.requiredString("name");
        var schema = outer.object("schema");
        return schema == null ? null : schema.object();
    }

    private static Fields required(Fields fields, String name) {
        var object = fields.object(name);
        if (object == null) {
            throw fields.missing(name);
        }
        return object;
    }
}
