package io.quotabank.sandbox.reply;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SpecimenTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"string\",\"minLength\":20,\"maxLength\":21}",
                "{\"type\":\"string\",\"maxLength\":3}",
                "{\"type\":\"string\",\"enum\":[\"x\",\"y\"]}",
                "{\"const\":{\"a\":null}}",
                "{\"type\":\"integer\",\"minimum\":5,\"maximum\":6}",
                "{\"type\":\"integer\",\"maximum\":-5}",
                "{\"type\":\"number\",\"exclusiveMinimum\":3}",
                "{\"type\":[\"boolean\",\"null\"]}",
                "{\"type\":\"null\"}",
                "{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"minItems\":3,\"maxItems\":3}",
                "{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"maxItems\":0}",
                "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\",\"properties\":{"
                        + "\"b\":{\"type\":\"array\","
                        + "\"items\":{\"$ref\":\"#/$defs/c\"}}},\"required\":[\"b\"]}},\"required\":[\"a\"],"
                        + "\"additionalProperties\":false,\"$defs\":{\"c\":{\"type\":\"boolean\"}}}",
                "{\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{"
                        + "\"next\":{\"anyOf\":[{\"$ref\":\"#/$defs/node\"},"
                        + "{\"type\":\"null\"}]},\"all\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/node\"}}},"
                        + "\"required\":[\"next\",\"all\"]}},\"$ref\":\"#/$defs/node\"}",
                "{}"
            })
    void satisfiesTheSchema(String schema) {
        var document = Specimen.of(JSON.readTree(schema));

        assertThat(SCHEMAS.getSchema(schema).validate(document, InputFormat.JSON))
                .as(document)
                .isEmpty();
    }

    @Test
    void showsAllPropertiesWhenNoneIsRequired() {
        var schema = JSON.readTree("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}");

        assertThat(Specimen.of(schema)).isEqualTo("{\"a\":1}");
    }

    @Test
    void isAnObjectWithoutASchema() {
        assertThat(JSON.readTree(Specimen.of(null)).isObject()).isTrue();
    }
}
