package io.quotabank.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The scan and its edits against a full parse of the same bytes. */
class ChatBodyProperties {

    private static final JsonMapper JSON = new JsonMapper();

    @Property
    void readsWhatAFullParseReads(@ForAll("bodies") String text) throws Exception {
        var whole = JSON.readTree(text);
        var body = RequestBody.of(Operation.CHAT, text.getBytes(StandardCharsets.UTF_8));

        assertThat(body.model).isEqualTo(whole.path("model").asString(null));
        assertThat(body.stream).isEqualTo(whole.path("stream").asBoolean(false));
        assertThat(body.includeUsage)
                .isEqualTo(whole.path("stream_options").path("include_usage").asBoolean(false));
        assertThat(body.choices).isEqualTo(whole.path("n").asInt(1));
        assertThat(body.maxTokens).isEqualTo(number(whole, "max_tokens"));
        assertThat(body.maxCompletionTokens).isEqualTo(number(whole, "max_completion_tokens"));
    }

    @Property
    void editsWhatAnEditedTreeHolds(@ForAll("bodies") String text, @ForAll("models") String model) throws Exception {
        var body = RequestBody.of(Operation.CHAT, text.getBytes(StandardCharsets.UTF_8));

        var sent = JSON.readTree(body.forUpstream(model, true, 20L, "max_tokens"));

        var expected = (ObjectNode) JSON.readTree(text);
        expected.put("model", model).put("stream", true).put("max_tokens", 20);
        var options = expected.path("stream_options").isObject()
                ? (ObjectNode) expected.path("stream_options")
                : expected.putObject("stream_options");
        options.put("include_usage", true);
        assertThat(sent).isEqualTo(expected);
    }

    @Property
    void keepsEveryByteThatIsNotEdited(@ForAll("bodies") String text) throws Exception {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var body = RequestBody.of(Operation.CHAT, bytes);
        var span = body.modelSpan;
        if (span != null) {
            var sent = body.forUpstream("another", false, null, "max_tokens");

            assertThat(sent).startsWith(Arrays.copyOf(bytes, span.start()));
            assertThat(sent).endsWith(Arrays.copyOfRange(bytes, span.end(), bytes.length));
            assertThat(sent).hasSize(bytes.length - (span.end() - span.start()) + "\"another\"".length());
        }
    }

    @Property(tries = 5_000)
    void knowsUtf8AsTheJdkDoes(@ForAll("bytes") byte[] bytes) {
        boolean nul = false;
        for (byte b : bytes) {
            nul |= b == 0;
        }

        assertThat(Utf8.isText(bytes)).isEqualTo(!nul && decodes(bytes));
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    private static Long number(JsonNode body, String name) {
        return body.path(name).isNumber() ? body.path(name).asLong() : null;
    }

    /** Objects with any of the members that are read, each at most once, among others, with blanks anywhere. */
    @Provide
    Arbitrary<String> bodies() {
        var known = Combinators.combine(
                        member("model", Arbitraries.of("\"a\"", "\"gpt-4o\"", "\"a/b\"", "\"x\\\"y\"", "\"漢\"")),
                        member("stream", Arbitraries.of("true", "false", "null")),
                        member(
                                "stream_options",
                                Arbitraries.of(
                                        "null",
                                        "{}",
                                        "{ }",
                                        "{\"include_usage\":true}",
                                        "{\"x\":{\"include_usage\":1}}",
                                        "{\"a\":[{}], \"include_usage\" : false }",
                                        "{\"include_usage\":null,\"z\":1}")),
                        member("n", Arbitraries.of("1", "5", "null")),
                        member("max_tokens", Arbitraries.of("1", "4096", "null")),
                        member("max_completion_tokens", Arbitraries.of("7", "2147483647", "null")))
                .as(List::of);
        var others = Arbitraries.of(
                        "\"messages\":[{\"role\":\"user\",\"content\":\"model stream \\\"n\\\": {\"}]",
                        "\"tools\":[{\"function\":{\"parameters\":{\"model\":\"x\",\"stream\":true}}}]",
                        "\"temperature\" : 0.7e0",
                        "\"user\":\"🦀 é \\u00e9\\ud83e\\udd80\"",
                        "\"unknown\":null")
                .list()
                .ofMaxSize(3)
                .uniqueElements();
        return Combinators.combine(known, others, Arbitraries.of("", " ", "\n  "))
                .as((one, two, blank) -> {
                    var members = new ArrayList<>(one);
                    members.removeIf(String::isEmpty);
                    members.addAll(members.size() / 2, two);
                    return blank + "{" + blank + members.stream().collect(Collectors.joining(blank + "," + blank))
                            + blank + "}" + blank;
                });
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("m", "vendor/model:free", "quo\"ted\\", "漢字", "tab\there");
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        var any = Arbitraries.bytes().array(byte[].class).ofMaxSize(24);
        var text = Arbitraries.strings().all().ofMaxLength(12).map(t -> t.getBytes(StandardCharsets.UTF_8));
        return Arbitraries.oneOf(any, text);
    }

    private static Arbitrary<String> member(String name, Arbitrary<String> value) {
        return Combinators.combine(value, Arbitraries.of("", " "), Arbitraries.of(true, false))
                .as((text, blank, there) -> there ? "\"" + name + "\"" + blank + ":" + blank + text : "");
    }
}
