package io.quotabank.proxy.usagelog;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The example of docs/examples, run as a stranger would run it, on records as they were on a suite's topic. */
class ExampleConsumerIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path EXAMPLE = Path.of("..", "docs", "examples", "UsagePerModel.java");

    /** Its own: other tests follow the topic of the shared one. */
    private static final EmbeddedKafkaKraftBroker BROKER = new EmbeddedKafkaKraftBroker(1, 3, UsageEvent.TOPIC);

    /** What its own first lines ask for, and what these need. */
    private static final Pattern JARS =
            Pattern.compile(".*/(kafka-clients|lz4-java|slf4j-api|jackson-[a-z]+)-[^/]+\\.jar");

    @BeforeAll
    static void start() {
        BROKER.afterPropertiesSet();
    }

    @AfterAll
    static void stop() {
        BROKER.destroy();
    }

    private record Expected(int requests, long input, long output, BigDecimal credits) {
        Expected plus(Expected other) {
            return new Expected(
                    requests + other.requests, input + other.input, output + other.output, credits.add(other.credits));
        }
    }

    @Test
    void addsUpEachRequestOnceWhateverElseIsOnTheTopic() throws Exception {
        var recorded = recorded();
        var sums = new TreeMap<String, Expected>();
        recorded.stream()
                .filter(ExampleConsumerIT::isClosed)
                .map(record -> record.path("value"))
                .forEach(closed ->
                        sums.merge(closed.path("gen_ai.request.model").asString(), expected(closed), Expected::plus));
        assertThat(sums).hasSizeGreaterThan(1);

        send(recorded.stream());
        send(recorded.stream());
        send(recorded.stream().filter(ExampleConsumerIT::isClosed).map(ExampleConsumerIT::corrected));
        send(Stream.of(later(recorded), ofAnotherType(recorded), garbled(recorded)));
        sums.put("from-later", new Expected(1, 7, 11, new BigDecimal("0.000013")));

        var printed = run();

        assertThat(printed.lines().skip(1).map(line -> List.of(line.split("\\s+"))))
                .containsExactlyElementsOf(sums.entrySet().stream()
                        .map(sum -> List.of(
                                sum.getKey(),
                                Integer.toString(sum.getValue().requests()),
                                Long.toString(sum.getValue().input()),
                                Long.toString(sum.getValue().output()),
                                sum.getValue().credits().setScale(6).toPlainString()))
                        .toList());
    }

    private static Expected expected(JsonNode closed) {
        return new Expected(
                1,
                closed.path("tokens").path("gen_ai.usage.input_tokens").asLong(),
                closed.path("tokens").path("gen_ai.usage.output_tokens").asLong(),
                BigDecimal.valueOf(closed.path("cost").asLong(), 6));
    }

    /** A later record of a request that is closed already, which is not to be counted. */
    private static JsonNode corrected(JsonNode record) {
        var copy = (ObjectNode) record.deepCopy();
        ((ObjectNode) copy.path("value")).put("cost", 999_999_999);
        return copy;
    }

    /** As a later version might write it. */
    private static JsonNode later(List<JsonNode> recorded) {
        var copy = (ObjectNode) closed(recorded).deepCopy();
        var value = (ObjectNode) copy.path("value");
        value.put("requestId", UUID.randomUUID().toString());
        value.put("gen_ai.request.model", "from-later").put("cost", 13);
        value.putObject("from_a_later_version").putArray("a").add(1);
        ((ObjectNode) value.path("tokens"))
                .put("gen_ai.usage.input_tokens", 7)
                .put("gen_ai.usage.output_tokens", 11)
                .put("gen_ai.usage.smell.input_tokens", 3);
        ((ObjectNode) copy.path("headers")).put("ce_later", "x");
        return copy;
    }

    private static JsonNode ofAnotherType(List<JsonNode> recorded) {
        var copy = (ObjectNode) later(recorded);
        ((ObjectNode) copy.path("headers")).put("ce_type", "io.quotabank.usage.dreamt.v1");
        return copy;
    }

    private static JsonNode garbled(List<JsonNode> recorded) {
        return ((ObjectNode) closed(recorded).deepCopy()).put("value", "not a closing record");
    }

    private static JsonNode closed(List<JsonNode> recorded) {
        return recorded.stream().filter(ExampleConsumerIT::isClosed).findFirst().orElseThrow();
    }

    private static boolean isClosed(JsonNode record) {
        return record.path("headers").path("ce_type").asString().equals(UsageEvent.CLOSED_TYPE);
    }

    /** One record a line: key, headers and value. */
    private static List<JsonNode> recorded() throws IOException {
        return new ClassPathResource("usage.v1.jsonl")
                .getContentAsString(StandardCharsets.UTF_8)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    private static void send(Stream<JsonNode> records) throws Exception {
        var settings =
                Map.<String, Object>of("bootstrap.servers", BROKER.getBrokersAsString(), "compression.type", "lz4");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (var record : records.toList()) {
                var sent = new ProducerRecord<>(
                        UsageEvent.TOPIC, record.path("key").asString(), JSON.writeValueAsBytes(record.path("value")));
                record.path("headers")
                        .properties()
                        .forEach(header -> sent.headers()
                                .add(
                                        header.getKey(),
                                        header.getValue().asString().getBytes(StandardCharsets.UTF_8)));
                producer.send(sent).get();
            }
        }
    }

    private static String run() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classPath = Stream.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator, -1))
                .filter(jar -> JARS.matcher(jar).matches())
                .collect(Collectors.joining(File.pathSeparator));
        var process = new ProcessBuilder(
                        java, "--class-path", classPath, EXAMPLE.toString(), BROKER.getBrokersAsString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed;
    }
}
