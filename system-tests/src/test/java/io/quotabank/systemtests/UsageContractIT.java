package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.UsageTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code usage.v1} really carries is what the AsyncAPI document and the schemas that it points at say. */
class UsageContractIT {

    private static final Path CONTRACTS = Path.of(System.getProperty("quotabank.root", ".."), "contracts");
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** One message of the document. */
    private record Message(Schema headers, Schema payload) {}

    @AfterEach
    void takeTheKeysBack() {
        Suite.withdrawKeys();
    }

    @Test
    void eachRecordOnTheTopicIsAsTheAsyncApiDocumentSays() throws Exception {
        var messages = messagesOf(UsageEvent.TOPIC);
        var apiKey = Suite.keyFor("gpt-4.1-nano", 10);
        var buyer = Suite.buyer("0");
        try (var topic = new UsageTopic(STACK)) {
            var slow = new Caller(STACK).stream(buyer.accessKey(), "gpt-4.1-nano", "Go on.", 20, -1);
            assertThat(slow.end()).as(apiKey).isEqualTo(Caller.End.WHOLE);
            await().atMost(Duration.ofSeconds(20)).until(() -> topic.closed().containsKey(slow.requestId()));

            assertThat(topic.raw())
                    .extracting(UsageTopic.Raw::type)
                    .contains(UsageEvent.OPENED_TYPE, UsageEvent.CLOSED_TYPE);
            assertThat(topic.raw()).allSatisfy(record -> {
                var message = messages.get(record.type());
                assertThat(message).as(record.type()).isNotNull();
                fits(message.headers(), Http.JSON.writeValueAsString(record.headers()));
                fits(message.payload(), record.json());
                assertThat(record.headers()).containsEntry("ce_source", "/proxy-service");
                var user = Http.JSON.readTree(record.json()).path("userId").asString();
                assertThat(record.key())
                        .isEqualTo(user)
                        .isEqualTo(UUID.fromString(user).toString());
            });
        }
    }

    @Test
    void theDocumentKnowsTheTopicsTypesAndNoOthers() throws IOException {
        assertThat(messagesOf(UsageEvent.TOPIC)).containsOnlyKeys(UsageEvent.OPENED_TYPE, UsageEvent.CLOSED_TYPE);
        assertThat(messagesOf("usage.v2")).isEmpty();
    }

    @Test
    void theSchemasRefuseWhatIsNotInThem() throws Exception {
        for (var message : messagesOf(UsageEvent.TOPIC).values()) {
            assertThat(message.payload().validate("{\"requestId\":\"x\",\"surprise\":1}", InputFormat.JSON))
                    .isNotEmpty();
            assertThat(message.headers().validate("{\"ce_specversion\":\"0.3\"}", InputFormat.JSON))
                    .isNotEmpty();
        }
    }

    /** The messages of the channel with an address, by their names, with every reference followed. */
    private static Map<String, Message> messagesOf(String address) throws IOException {
        var document = new YAMLMapper().readTree(Files.readString(CONTRACTS.resolve("asyncapi.yaml")));
        var messages = new HashMap<String, Message>();
        for (var channel : document.path("channels")) {
            if (!channel.path("address").asString().equals(address)) {
                continue;
            }
            for (var reference : channel.path("messages")) {
                var message = followed(document, reference);
                assertThat(message.path("contentType").asString()).isEqualTo("application/json");
                assertThat(message.at("/bindings/kafka/key/format").asString()).isEqualTo("uuid");
                var headers = SCHEMAS.getSchema(
                        followed(document, message.path("headers")).toString());
                messages.put(message.path("name").asString(), new Message(headers, payload(message)));
            }
        }
        return messages;
    }

    private static Schema payload(JsonNode message) throws IOException {
        var file = CONTRACTS.resolve(message.at("/payload/schema/$ref").asString());
        assertThat(file).isRegularFile();
        return SCHEMAS.getSchema(Files.readString(file));
    }

    private static JsonNode followed(JsonNode document, JsonNode reference) {
        var pointer = reference.path("$ref").asString();
        assertThat(pointer).startsWith("#/");
        var target = document.at(pointer.substring(1));
        assertThat(target.isObject()).as(pointer).isTrue();
        return target;
    }

    private static void fits(Schema schema, String json) {
        assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }
}
