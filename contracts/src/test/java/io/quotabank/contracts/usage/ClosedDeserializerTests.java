package io.quotabank.contracts.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ClosedDeserializerTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonMapper BINDING =
            JsonMapper.builder().addMixIn(Closed.class, Bound.class).build();
    private static final UUID ID = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L);
    private static final List<String> OTHERS = List.of(
            "null", "true", "7", "-7", "99999999999999999999", "\"x\"", "{}", "[]", "[null]", "[[1]]", "{\"a\":{}}");

    @JsonDeserialize(using = ValueDeserializer.None.class)
    private interface Bound {}

    /** What came of reading: a value, or null where it was refused. */
    private record Read(@Nullable Closed value) {
        static Read by(JsonMapper mapper, JsonNode json) {
            try {
                return new Read(mapper.readValue(json.toString(), Closed.class));
            } catch (JacksonException refused) {
                return new Read(null);
            }
        }
    }

    static Stream<String> members() {
        var all = new ArrayList<String>();
        paths("", whole(), all);
        return all.stream();
    }

    @Test
    void readsWhatDataBindingReads() {
        assertThat(Read.by(JSON, whole())).isEqualTo(Read.by(BINDING, whole()));
        assertThat(JSON.readValue("null", Closed.class)).isNull();
    }

    @ParameterizedTest
    @MethodSource("members")
    void readsARecordWithoutAMemberAsDataBindingDoes(String path) {
        var json = whole();
        holder(json, path).remove(name(path));
        assertThat(Read.by(JSON, json)).isEqualTo(Read.by(BINDING, json));
    }

    @ParameterizedTest
    @MethodSource("members")
    void passesOverMembersThatItDoesNotKnow(String path) {
        var json = whole();
        var holder = holder(json, path);
        holder.set("later", JSON.readTree("{\"cost\":[{\"requestId\":1}],\"userId\":null}"));
        holder.put("also", "later");
        assertThat(Read.by(JSON, json)).isEqualTo(Read.by(JSON, whole()));
    }

    /** What data binding makes of the wrong type by goodwill is refused: nobody writes it. */
    @ParameterizedTest
    @MethodSource("members")
    void neverReadsAnotherValueThanDataBinding(String path) {
        for (var other : OTHERS) {
            var json = whole();
            holder(json, path).set(name(path), JSON.readTree(other));
            var read = Read.by(JSON, json);
            if (read.value() != null) {
                assertThat(read).as(other).isEqualTo(Read.by(BINDING, json));
            }
        }
    }

    private static ObjectNode holder(ObjectNode json, String path) {
        return (ObjectNode) json.at(JsonPointer.compile(path).head());
    }

    private static String name(String path) {
        return JsonPointer.compile(path).last().getMatchingProperty();
    }

    private static void paths(String at, JsonNode node, List<String> into) {
        if (node.isObject()) {
            for (var member : node.properties()) {
                into.add(at + "/" + member.getKey());
                paths(at + "/" + member.getKey(), member.getValue(), into);
            }
        } else {
            for (int i = 0; i < node.size(); i++) {
                paths(at + "/" + i, node.get(i), into);
            }
        }
    }

    private static ObjectNode whole() {
        var tokens = new TokenUsage(100, 50, 10, 5, 20);
        var cost = new Credits(650);
        var attempt = new Attempt(
                ID, ID, 9_500, "openai", UsageEvent.Result.SERVED, 200, tokens, cost, cost, 80L, 900, "r", "u");
        return JSON.valueToTree(new Closed(
                ID,
                ID,
                ID,
                "chat",
                "gpt-5",
                true,
                7,
                "bronze",
                13_000,
                UsageEvent.Outcome.CLIENT_GONE,
                UsageEvent.Metering.COUNTED,
                tokens,
                cost,
                List.of(new Funding(ID, new Credits(1_000))),
                List.of(attempt, attempt),
                new UsageEvent.Routing("smart", 0.9, 0.8, 0.7, 1, 1.1),
                1_700_000_000_000L,
                1_700_000_000_080L,
                1_700_000_000_980L,
                "client-1"));
    }
}
