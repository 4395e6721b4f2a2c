package io.quotabank.contracts.agreement;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;

/** Where a Java type and a JSON Schema say different things of the same JSON. */
final class JavaAndSchema {

    private static final JsonMapper JSON = new JsonMapper();

    private static final Map<Class<?>, String> SCALARS = Map.ofEntries(
            Map.entry(String.class, "string"),
            Map.entry(UUID.class, "string"),
            Map.entry(Instant.class, "string"),
            Map.entry(boolean.class, "boolean"),
            Map.entry(Boolean.class, "boolean"),
            Map.entry(int.class, "integer"),
            Map.entry(Integer.class, "integer"),
            Map.entry(long.class, "integer"),
            Map.entry(Long.class, "integer"),
            Map.entry(Credits.class, "integer"),
            Map.entry(double.class, "number"),
            Map.entry(Double.class, "number"),
            Map.entry(BigDecimal.class, "number"));

    private static final Map<Class<?>, String> FORMATS = Map.of(UUID.class, "uuid", Instant.class, "date-time");

    private final JsonNode document;
    private final Presence presence;
    private final List<String> differences = new ArrayList<>();

    private JavaAndSchema(JsonNode document, Presence presence) {
        this.document = document;
        this.presence = presence;
    }

    /** Whether a schema must require what Java always writes. */
    enum Presence {
        REQUIRED,
        /** What came later than the schema's first release is optional for ever: older records lack it. */
        MAY_BE_OPTIONAL
    }

    /** @param document what the schema's references point into */
    static List<String> differences(Type type, JsonNode schema, JsonNode document, Presence presence) {
        var comparison = new JavaAndSchema(document, presence);
        comparison.compare("", type, schema);
        return comparison.differences;
    }

    private void compare(String at, Type type, JsonNode written) {
        var schema = followed(written);
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            expectType(at, "array", schema);
            compare(at + "[]", generic.getActualTypeArguments()[0], schema.path("items"));
        } else if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            expectType(at, "object", schema);
            compare(at + "{}", generic.getActualTypeArguments()[1], schema.path("additionalProperties"));
        } else if (type instanceof Class<?> plain && plain.isEnum()) {
            compareEnum(at, plain, schema);
        } else if (type instanceof Class<?> plain && SCALARS.containsKey(plain)) {
            expectType(at, SCALARS.get(plain), schema);
            var format = FORMATS.get(plain);
            if (format != null && !format.equals(schema.path("format").asString(""))) {
                differences.add("%s has the format %s in Java only".formatted(at, format));
            }
            if (plain == String.class
                    && FORMATS.containsValue(schema.path("format").asString(""))) {
                differences.add("%s has the format %s in the schema only".formatted(at, schema.path("format")));
            }
        } else if (type instanceof Class<?> plain && plain.isRecord()) {
            expectType(at, "object", schema);
            compareRecord(at, plain, schema);
        } else {
            differences.add("%s is a %s, which has no counterpart".formatted(at, type.getTypeName()));
        }
    }

    private void compareEnum(String at, Class<?> type, JsonNode schema) {
        var inJava = Stream.of(type.getEnumConstants())
                .map(constant ->
                        JSON.readTree(JSON.writeValueAsString(constant)).asString())
                .collect(Collectors.toCollection(TreeSet::new));
        var inSchema = schema.path("enum")
                .valueStream()
                .map(value -> value.asString(""))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!inJava.equals(inSchema)) {
            differences.add("%s is one of %s in Java, of %s in the schema".formatted(at, inJava, inSchema));
        }
    }

    private void compareRecord(String at, Class<?> type, JsonNode schema) {
        var required =
                schema.path("required").valueStream().map(JsonNode::asString).collect(Collectors.toSet());
        var inSchema = new TreeSet<String>(schema.path("properties").propertyNames());
        var inJava = written(type);
        if (!inJava.equals(inSchema)) {
            differences.add("%s has %s in Java, %s in the schema".formatted(at, inJava, inSchema));
        }
        for (var component : type.getRecordComponents()) {
            var name = name(component);
            if (inSchema.contains(name)) {
                var property = schema.path("properties").path(name);
                compare(at + "/" + name, component.getGenericType(), property);
                comparePresence(at + "/" + name, component, type, required.contains(name), property);
            }
        }
    }

    private void comparePresence(
            String at, RecordComponent component, Class<?> type, boolean required, JsonNode property) {
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        var inclusion = type.getAnnotation(JsonInclude.class);
        boolean leftOut = inclusion != null && inclusion.value() == JsonInclude.Include.NON_NULL;
        boolean asNull = types(followed(property)).contains("null");
        if (nullable && leftOut && required) {
            differences.add(at + " may be absent in Java and is required by the schema");
        }
        if (nullable && !leftOut && !asNull) {
            differences.add(at + " may be null in Java and not by the schema");
        }
        if (!nullable && !required && presence == Presence.REQUIRED) {
            differences.add(at + " is always there in Java and not required by the schema");
        }
    }

    /** The names that Jackson writes, which may be more than the components. */
    private static Set<String> written(Class<?> type) {
        var names = new TreeSet<String>();
        JSON.acceptJsonFormatVisitor(type, new JsonFormatVisitorWrapper.Base() {
            @Override
            public JsonObjectFormatVisitor expectObjectFormat(JavaType ignored) {
                return new JsonObjectFormatVisitor.Base(getContext()) {
                    @Override
                    public void property(BeanProperty property) {
                        names.add(property.getName());
                    }

                    @Override
                    public void optionalProperty(BeanProperty property) {
                        names.add(property.getName());
                    }
                };
            }
        });
        return names;
    }

    private void expectType(String at, String type, JsonNode schema) {
        var types = new TreeSet<>(types(schema));
        types.remove("null");
        if (!types.equals(Set.of(type))) {
            differences.add("%s is %s in Java, %s in the schema".formatted(at, type, types));
        }
    }

    private static Set<String> types(JsonNode schema) {
        var type = schema.path("type");
        if (schema.has("enum") && type.isMissingNode()) {
            // Only words are listed in enums here.
            return Set.of("string");
        }
        return type.isString()
                ? Set.of(type.asString())
                : type.valueStream().map(JsonNode::asString).collect(Collectors.toSet());
    }

    private static String name(RecordComponent component) {
        var given = component.getAccessor().getAnnotation(JsonProperty.class);
        return given == null ? component.getName() : given.value();
    }

    private JsonNode followed(JsonNode schema) {
        var reference = schema.path("$ref").asString("");
        return reference.startsWith("#") ? followed(document.at(reference.substring(1))) : schema;
    }
}
