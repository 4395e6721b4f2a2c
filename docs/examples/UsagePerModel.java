//DEPS org.apache.kafka:kafka-clients:4.2.1
//DEPS tools.jackson.core:jackson-databind:3.1.5

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Adds up tokens and cost for each model from all that {@code usage.v1} holds at the moment: a reader of the topic that
 * knows nothing of Quotabank's code. The topic is described in contracts/asyncapi.yaml and contracts/schemas.
 *
 * <p>{@code jbang UsagePerModel.java 127.0.0.1:9092}, or {@code java --class-path JARS UsagePerModel.java 127.0.0.1:9092}
 */
public final class UsagePerModel {

    private static final String TOPIC = "usage.v1";

    /** CloudEvents 1.0 in binary mode: attributes are headers, the value is the data. */
    private static final String TYPE_HEADER = "ce_type";

    /** How a request ended. There are other types, and there may be more one day: they are passed over. */
    private static final String CLOSED = "io.quotabank.usage.closed.v1";

    /** A repetition comes soon after the first. A reader that must be exact keeps the ids beside its figures. */
    private static final int IDS_REMEMBERED = 1_000_000;

    private static final BigDecimal MICRO_CREDITS = new BigDecimal(1_000_000);
    private static final JsonMapper JSON = new JsonMapper();

    /** What requests to one model came to. */
    private static final class Sum {
        long requests;
        long inputTokens;
        long outputTokens;
        long costMicroCredits;
    }

    private final Map<String, Sum> sums = new TreeMap<>();
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > IDS_REMEMBERED;
        }
    };
    private int unreadable;

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: UsagePerModel BOOTSTRAP_SERVERS");
            System.exit(2);
        }
        var usage = new UsagePerModel();
        usage.readAll(arguments[0]);
        usage.print();
    }

    private void readAll(String bootstrapServers) {
        var settings = Map.<String, Object>of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (!reached(consumer, partitions, ends)) {
                consumer.poll(Duration.ofSeconds(1)).forEach(this::take);
            }
        }
    }

    private static boolean reached(
            KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
        return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        var type = record.headers().lastHeader(TYPE_HEADER);
        if (type == null || !CLOSED.equals(new String(type.value(), StandardCharsets.UTF_8))) {
            return;
        }
        try {
            add(JSON.readTree(record.value()));
        } catch (JacksonException garbled) {
            unreadable++;
        }
    }

    /** Reads the members that it needs by name, so that new ones do no harm. */
    private void add(JsonNode closed) {
        var requestId = closed.required("requestId").asString();
        var model = closed.required("gen_ai.request.model").asString();
        var tokens = closed.required("tokens");
        long input = tokens.required("gen_ai.usage.input_tokens").asLong();
        long output = tokens.required("gen_ai.usage.output_tokens").asLong();
        long cost = closed.required("cost").asLong();
        // Delivery is at least once, and the first closing record of a request is the one that counts.
        if (seen.putIfAbsent(requestId, true) != null) {
            return;
        }
        var sum = sums.computeIfAbsent(model, unknown -> new Sum());
        sum.requests++;
        sum.inputTokens += input;
        sum.outputTokens += output;
        sum.costMicroCredits += cost;
    }

    private void print() {
        System.out.printf("%-32s %10s %12s %12s %16s%n", "model", "requests", "input", "output", "credits");
        sums.forEach((model, sum) -> System.out.printf(
                "%-32s %10d %12d %12d %16s%n",
                model,
                sum.requests,
                sum.inputTokens,
                sum.outputTokens,
                new BigDecimal(sum.costMicroCredits).divide(MICRO_CREDITS).setScale(6).toPlainString()));
        if (unreadable > 0) {
            System.err.println(unreadable + " records could not be read");
        }
    }
}
