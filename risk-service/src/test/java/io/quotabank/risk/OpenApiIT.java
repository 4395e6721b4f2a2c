package io.quotabank.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the OpenAPI file and the schema of the topic say is what the service does. */
class OpenApiIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path CONTRACTS = Path.of("..", "contracts");
    private static final JsonNode FILE =
            JSON.valueToTree(new Yaml().load(read(CONTRACTS.resolve("openapi/risk-service.yaml"))));
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @Test
    void namesEveryOperationAndNoOther() {
        var served = new TreeSet<String>();
        Risk.shared()
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .forEach(mapping -> mapping.getPatternValues().stream()
                        .filter(path -> path.startsWith("/api/"))
                        .forEach(path -> mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> served.add(method.name().toLowerCase(Locale.ROOT) + " " + path))));
        var written = new TreeSet<String>();
        FILE.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue().propertyNames().forEach(method -> written.add(method + " " + path.getKey())));

        assertThat(written).isEqualTo(served);
    }

    @Test
    void describesEveryAnswerAndEveryRecord() {
        var key = UUID.randomUUID();
        var owner = UUID.randomUUID();
        var attempt = Topics.attempt(key, owner, Result.KEY_REFUSED, 401, Credits.ZERO);
        Topics.send(Topics.closed(Topics.IDS.next(), owner, Instant.now(), attempt));
        await().until(() -> !Risk.shared().kinds(key, owner).isEmpty());

        var page = Risk.shared().get("/api/risk/findings", owner).text();
        assertThat(errors("Findings", page)).as(page).isEmpty();
        var problem = Risk.shared().get("/api/risk/findings?scope=all", owner).text();
        assertThat(errors("Problem", problem)).as(problem).isEmpty();
        assertThat(errors("Findings", problem)).isNotEmpty();

        await().until(() -> !Risk.told(key).isEmpty());
        var schema = SCHEMAS.getSchema(read(CONTRACTS.resolve("schemas/finding.v1.json")));
        assertThat(Records.raw(FindingRecord.TOPIC)).isNotEmpty().allSatisfy(record -> {
            var json = new String(record.value(), StandardCharsets.UTF_8);
            assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
            assertThat(UUID.fromString(record.key())).isNotNull();
        });
        assertThat(schema.validate("{\"kind\":\"odd\"}", InputFormat.JSON)).isNotEmpty();
    }

    private static List<String> errors(String schema, String body) {
        var root = JSON.createObjectNode();
        root.put("$ref", "#/components/schemas/" + schema).set("components", FILE.path("components"));
        var errors = new ArrayList<String>();
        SCHEMAS.getSchema(root).validate(body, InputFormat.JSON).forEach(error -> errors.add(error.toString()));
        return errors;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
