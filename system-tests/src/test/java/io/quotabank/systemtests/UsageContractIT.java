package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.UsageTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code usage.v1} really carries is what its schemas and its AsyncAPI document say. */
class UsageContractIT {

    private static final Path CONTRACTS = Path.of(System.getProperty("quotabank.root", ".."), "contracts");

    @AfterEach
    void takeTheKeysBack() {
        Suite.withdrawKeys();
    }

    @Test
    void eachRecordOnTheTopicFitsItsSchema() throws Exception {
        var schemas = Map.of(
                UsageEvent.OPENED_TYPE, schema("usage-opened.v1.json"),
                UsageEvent.CLOSED_TYPE, schema("usage-closed.v1.json"));
        var apiKey = Suite.keyFor("gpt-4.1-nano", 10);
        var buyer = Suite.buyer("0");
        try (var topic = new UsageTopic(STACK)) {
            var slow = new Caller(STACK).stream(buyer.accessKey(), "gpt-4.1-nano", "Go on.", 20, -1);
            assertThat(slow.end()).as(apiKey).isEqualTo(Caller.End.WHOLE);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> topic.closed().containsKey(slow.requestId()));
            assertThat(topic.raw()).extracting(UsageTopic.Raw::type).contains(UsageEvent.OPENED_TYPE);
            assertThat(topic.raw()).allSatisfy(record -> {
                assertThat(record.headers()).containsEntry("ce_specversion", "1.0");
                assertThat(record.headers()).containsEntry("ce_source", "/proxy-service");
                assertThat(record.headers()).containsKeys("ce_id", "ce_time");
                var schema = schemas.get(record.type());
                assertThat(schema).as(record.type()).isNotNull();
                assertThat(schema.validate(record.json(), InputFormat.JSON))
                        .as(record.json())
                        .isEmpty();
                assertThat(record.key())
                        .isEqualTo(
                                Http.JSON.readTree(record.json()).path("userId").asString());
            });
        }
    }

    @Test
    void theSchemasRefuseWhatIsNotInThem() throws Exception {
        var schema = schema("usage-closed.v1.json");
        assertThat(schema.validate("{\"requestId\":\"x\",\"surprise\":1}", InputFormat.JSON))
                .isNotEmpty();
    }

    @Test
    void theAsyncApiDocumentNamesEveryTypeAndSchema() throws IOException {
        var document = Files.readString(CONTRACTS.resolve("asyncapi.yaml"), StandardCharsets.UTF_8);
        assertThat(document)
                .contains(UsageEvent.TOPIC, UsageEvent.OPENED_TYPE, UsageEvent.CLOSED_TYPE)
                .contains("schemas/usage-opened.v1.json", "schemas/usage-closed.v1.json");
    }

    private static Schema schema(String file) throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(CONTRACTS.resolve("schemas").resolve(file)));
    }
}
