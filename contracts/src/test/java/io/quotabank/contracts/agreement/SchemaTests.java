package io.quotabank.contracts.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.util.ReflectionUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Each topic's AsyncAPI message, schema and Java type say the same, and a schema never breaks what was released. */
class SchemaTests {

    private static final Path RELEASED = Documents.SCHEMAS.resolve("released");
    private static final String CLOSED = "usage-closed.v1.json";

    static List<Path> schemas() {
        return Documents.files(Documents.SCHEMAS, ".json");
    }

    static Stream<JsonNode> messages() {
        return Documents.asyncApi().path("components").path("messages").valueStream();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void isAJsonSchema(Path schema) {
        var metaSchema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        var content = Documents.json(schema);

        assertThat(metaSchema.validate(content)).isEmpty();
        assertThat(content.path("$schema").asString()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(content.path("$id").asString()).endsWith("/" + schema.getFileName());
        var planted = ((ObjectNode) content.deepCopy()).put("type", "thing");
        assertThat(metaSchema.validate(planted)).isNotEmpty();
    }

    @Test
    void theAsyncApiDocumentNamesEverySchemaAndItsReferencesLeadSomewhere() {
        var document = Documents.asyncApi();

        assertThat(document.path("asyncapi").asString()).startsWith("3.");
        assertThat(document.path("info").path("title").asString()).isNotBlank();
        assertThat(document.path("info").path("version").asString()).isNotBlank();
        assertThat(messages().map(message -> message.at("/payload/schema/$ref").asString()))
                .containsExactlyInAnyOrderElementsOf(
                        schemas().stream().map(Path::toString).toList());
        assertThat(references(document))
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                reference.startsWith("#")
                                        ? document.at(reference.substring(1)).isObject()
                                        : Files.isRegularFile(Path.of(reference)))
                        .as(reference)
                        .isTrue());
        assertThat(document.path("channels").valueStream()).isNotEmpty().allSatisfy(channel -> {
            assertThat(channel.path("address").asString()).isNotBlank();
            assertThat(channel.path("messages")).isNotEmpty();
        });
        assertThat(document.path("operations").valueStream()).isNotEmpty().allSatisfy(operation -> {
            assertThat(operation.path("action").asString()).isIn("send", "receive");
            assertThat(operation.at("/channel/$ref").asString()).startsWith("#/channels/");
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void agreesWithItsJavaType(JsonNode message) {
        var type = javaType(message.path("name").asString());
        var schema = Documents.json(Path.of(message.at("/payload/schema/$ref").asString()));

        assertThat(schema.path("title")).isEqualTo(message.path("name"));
        assertThat(JavaAndSchema.differences(type, schema, schema, JavaAndSchema.Presence.MAY_BE_OPTIONAL))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void breaksNothingThatWasReleased(Path schema) {
        var name = schema.getFileName().toString().replace(".json", "");
        for (var version : released(name)) {
            assertThat(SchemaChange.breaks(Documents.json(version), Documents.json(schema)))
                    .as(version.toString())
                    .isEmpty();
        }
    }

    /** So the next change is held against this one, and not only against those before it. */
    @ParameterizedTest
    @MethodSource("schemas")
    void isTheNewestThatWasReleased(Path schema) {
        var versions = released(schema.getFileName().toString().replace(".json", ""));
        assertThat(versions.isEmpty() || Documents.json(versions.getLast()).equals(Documents.json(schema)))
                .as("a changed schema is released under the next number: %s", schema)
                .isTrue();
    }

    @Test
    void keepsEverySchemaThatWasReleased() {
        var present = schemas().stream()
                .map(schema -> schema.getFileName().toString().replace(".json", ""))
                .toList();
        assertThat(present).containsAll(names(RELEASED)).contains("usage-opened.v1", "usage-closed.v1");
        assertThat(released("usage-opened.v1")).isNotEmpty();
        assertThat(released("usage-closed.v1")).isNotEmpty();
    }

    static Stream<Arguments> breakingChanges() {
        return Stream.of(
                breaking("/priceVersion: is gone", schema -> properties(schema).remove("priceVersion")),
                breaking("/tier: is gone", schema -> {
                    properties(schema).set("level", properties(schema).path("tier"));
                    properties(schema).remove("tier");
                }),
                breaking("/cost: type was", schema -> property(schema, "cost").put("type", "string")),
                breaking(
                        "/cost: type was",
                        schema -> property(schema, "cost")
                                .putArray("type")
                                .add("integer")
                                .add("null")),
                breaking(
                        "/userId: format was",
                        schema -> property(schema, "userId").put("format", "email")),
                breaking("/surprise: is required", schema -> {
                    properties(schema).putObject("surprise").put("type", "string");
                    ((ArrayNode) schema.path("required")).add("surprise");
                }),
                breaking(
                        "/clientRequestId: is required",
                        schema -> ((ArrayNode) schema.path("required")).add("clientRequestId")),
                breaking("/requestId: was required", schema -> ((ArrayNode) schema.path("required")).remove(0)),
                breaking(
                        "/outcome: enum was",
                        schema -> ((ArrayNode) property(schema, "outcome").path("enum")).remove(0)),
                breaking(
                        "/outcome: enum was",
                        schema -> ((ArrayNode) property(schema, "outcome").path("enum")).add("vanished")),
                breaking(
                        "/markupBasisPoints: minimum was",
                        schema -> property(schema, "markupBasisPoints").put("minimum", 0)),
                breaking(
                        "/attempts[]/result: enum was",
                        schema -> ((ArrayNode) schema.at("/$defs/attempt/properties/result/enum")).remove(0)),
                breaking(
                        "/funding[]/hold: is gone",
                        schema -> ((ObjectNode) schema.at("/properties/funding/items/properties")).remove("hold")),
                breaking(
                        "/tokens/gen_ai.usage.input_tokens: is gone",
                        schema -> ((ObjectNode) schema.at("/$defs/tokens/properties"))
                                .remove("gen_ai.usage.input_tokens")),
                breaking(
                        "/outcome: enum was",
                        schema -> property(schema, "outcome").remove("enum")),
                breaking(": title was", schema -> schema.put("title", "io.quotabank.usage.ended.v1")));
    }

    @ParameterizedTest
    @MethodSource("breakingChanges")
    void noticesABreakingChange(String found, Consumer<ObjectNode> change) {
        var released = Documents.json(Documents.SCHEMAS.resolve(CLOSED));
        var changed = (ObjectNode) released.deepCopy();
        change.accept(changed);

        assertThat(SchemaChange.breaks(released, changed))
                .anySatisfy(broken -> assertThat(broken).startsWith(found));
    }

    @Test
    void letsOptionalPropertiesAndWordsBeAdded() {
        var released = Documents.json(Documents.SCHEMAS.resolve(CLOSED));
        var changed = (ObjectNode) released.deepCopy();
        properties(changed).putObject("region").put("type", "string");
        ((ObjectNode) changed.at("/$defs/attempt/properties")).putObject("zone").put("type", "string");
        changed.put("description", "In other words.");
        // Whoever reads any text reads these as well.
        property(changed, "tier").putArray("enum").add("bronze").add("silver").add("gold");
        property(changed, "tier").remove("type");

        assertThat(SchemaChange.breaks(released, changed)).isEmpty();
    }

    /** The released versions of a schema, none where it never was. */
    private static List<Path> released(String name) {
        return names(RELEASED).contains(name) ? Documents.files(RELEASED.resolve(name), ".json") : List.of();
    }

    private static List<String> names(Path directory) {
        return Documents.files(directory, "").stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private static Arguments breaking(String found, Consumer<ObjectNode> change) {
        return Arguments.of(found, change);
    }

    private static ObjectNode properties(JsonNode schema) {
        return (ObjectNode) schema.path("properties");
    }

    private static ObjectNode property(JsonNode schema, String name) {
        return (ObjectNode) properties(schema).path(name);
    }

    private static Stream<String> references(JsonNode node) {
        var own = node.path("$ref").isString() ? Stream.of(node.path("$ref").asString()) : Stream.<String>empty();
        return Stream.concat(own, node.valueStream().flatMap(SchemaTests::references));
    }

    /**
     * The type that goes by a CloudEvents type: {@code TYPE} is a constant of the record itself, {@code THING_TYPE} one
     * of the interface that has the record {@code Thing}.
     */
    private static Class<?> javaType(String cloudEventType) {
        return types().flatMap(type -> Stream.of(type.getDeclaredFields())
                        .filter(field -> field.getName().endsWith("TYPE") && field.getType() == String.class)
                        .filter(field -> cloudEventType.equals(ReflectionUtils.getField(field, null)))
                        .map(field -> field.getName().equals("TYPE") ? type : nested(type, field.getName())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no type has the constant " + cloudEventType));
    }

    private static Class<?> nested(Class<?> type, String constant) {
        var name = constant.substring(0, constant.length() - "_TYPE".length()).replace("_", "");
        return Stream.of(type.getDeclaredClasses())
                .filter(nested ->
                        nested.getSimpleName().toUpperCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type + " has no record for " + constant));
    }

    private static Stream<Class<?>> types() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return true;
            }
        };
        scanner.addIncludeFilter((reader, factory) -> true);
        return scanner.findCandidateComponents("io.quotabank.contracts").stream()
                .filter(found -> !String.valueOf(found.getBeanClassName()).endsWith("package-info"))
                .<Class<?>>map(found -> {
                    try {
                        return Class.forName(found.getBeanClassName());
                    } catch (ClassNotFoundException gone) {
                        throw new IllegalStateException(gone);
                    }
                });
    }
}
