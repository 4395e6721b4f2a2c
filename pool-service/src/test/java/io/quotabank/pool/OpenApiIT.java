package io.quotabank.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.quotabank.pool.Person.Answer;
import io.quotabank.pool.Verifier.Truth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the OpenAPI file says is what the service does. */
@PoolTest
class OpenApiIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode FILE = read();

    @LocalServerPort
    private int port;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @Test
    void namesEveryOperationAndNoOther() {
        var served = new TreeSet<String>();
        mappings.getHandlerMethods()
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
    void describesEveryAnswer() {
        var ann = new Person(port);
        var admin = new Person(port, "admin");
        var secret = Depositor.secret();
        var key = new Depositor(ann).key(secret, "50");
        var refused = Depositor.secret();
        Depositor.say(refused, Truth.GOOD.refused());
        var deposit = deposit(ann, refused);
        var path = "/api/pool/keys/" + key;

        fits("Deposit", deposit);
        new Depositor(ann).settled(deposit.body().path("id").asString());
        fits(
                "Deposit",
                ann.get("/api/pool/deposits/" + deposit.body().path("id").asString()));
        fits("Key", ann.get(path));
        fits("Key", ann.patch(path, "{\"limits\": {\"dailySpend\": 1.5, \"tokensPerMinute\": 5}}"));
        fits("Key", ann.post(path + "/pause", "{\"reason\": \"to see\"}"));
        fits("Key", ann.post(path + "/resume", null));
        fits("Keys", admin.get("/api/pool/keys?scope=all&limit=1"));
        fits("AuditTrail", ann.get(path + "/audit?limit=2"));
        fits("Figures", ann.get(path + "/figures"));
        fits("Models", ann.get("/api/catalog/models"));
        fits("PriceTable", ann.get("/api/catalog/prices"));
        var imported = admin.post("/api/catalog/imports?models=gpt-4o,gpt-4o-audio-preview", priceFile());
        fits("PriceImport", imported);
        var importPath = "/api/catalog/imports/" + imported.body().path("id").asString();
        fits("PriceImport", admin.get(importPath));
        fits("PriceImport", admin.post(importPath + "/apply", "{\"from\": \"2900-01-01T00:00:00Z\"}"));
        fits("Problem", ann.get("/api/pool/keys/" + UUID.randomUUID()));
        fits("Problem", ann.post("/api/pool/deposits", "{"));
    }

    @Test
    void wouldNoticeAnAnswerThatItDoesNotDescribe() {
        var key = (ObjectNode) new Person(port).get("/api/catalog/models").body();
        assertThat(errors("Key", key.toString())).isNotEmpty();
    }

    private static Answer deposit(Person person, String secret) {
        return person.post(
                "/api/pool/deposits",
                JSON.writeValueAsString(
                        Map.of("provider", "openai", "apiKey", secret, "models", List.of("gpt-4o-mini"))));
    }

    private static void fits(String schema, Answer answer) {
        assertThat(errors(schema, answer.raw().body())).as(answer.raw().body()).isEmpty();
    }

    private static List<String> errors(String schema, String body) {
        var root = JSON.createObjectNode();
        root.put("$ref", "#/components/schemas/" + schema).set("components", FILE.path("components"));
        var errors = new ArrayList<String>();
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(root)
                .validate(body, InputFormat.JSON)
                .forEach(error -> errors.add(error.toString()));
        return errors;
    }

    private static String priceFile() {
        try (var file = OpenApiIT.class.getResourceAsStream("/price-list.json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static JsonNode read() {
        try {
            var text = Files.readString(Path.of("..", "contracts", "openapi", "pool-service.yaml"));
            return JSON.valueToTree(new Yaml().load(text));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
