package io.quotabank.systemtests.contract;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One OpenAPI document, its references followed and its schemas ready to check values with. */
final class OpenApiFile {

    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final String name;
    private final JsonNode document;
    private final JsonNode components;
    private final Map<JsonNode, Schema> schemas = Collections.synchronizedMap(new IdentityHashMap<>());

    OpenApiFile(String name, String yaml) {
        this.name = name;
        this.document = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
        this.components = ClosedSchemas.components(document);
    }

    String name() {
        return name;
    }

    JsonNode paths() {
        return document.path("paths");
    }

    JsonNode at(String member) {
        return document.path(member);
    }

    /** What a reference stands for, or the node itself. */
    JsonNode followed(JsonNode node) {
        var reference = node.path("$ref");
        if (!reference.isString()) {
            return node;
        }
        var target = document.at(reference.asString().substring(1));
        if (target.isMissingNode()) {
            throw new IllegalStateException(name + " has no " + reference.asString());
        }
        return target;
    }

    /** A schema of this document. Objects have the members that are written there and no others. */
    Schema schema(JsonNode written) {
        return schemas.computeIfAbsent(written, node -> {
            var root = (ObjectNode) ClosedSchemas.closed(node);
            root.set("components", components);
            return SCHEMAS.getSchema(root);
        });
    }
}
