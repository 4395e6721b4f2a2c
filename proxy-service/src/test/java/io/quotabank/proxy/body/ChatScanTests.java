package io.quotabank.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatScanTests {

    @Test
    void readsWhatPricingNeeds() throws Exception {
        var body = scan("{\"model\":\"a/b\",\"n\":2,\"max_tokens\":5,\"max_completion_tokens\":7,\"stream\":true,"
                + "\"stream_options\":{\"x\":[1],\"include_usage\":true},\"messages\":[]}");

        assertThat(body.model).isEqualTo("a/b");
        assertThat(body.choices).isEqualTo(2);
        assertThat(body.outputLimit()).isEqualTo(7);
        assertThat(body.stream).isTrue();
        assertThat(body.includeUsage).isTrue();
    }

    @Test
    void takesNullsForAbsences() throws Exception {
        var body = scan("{\"model\":\"a\",\"n\":null,\"max_tokens\":null,\"max_completion_tokens\":null,"
                + "\"stream\":null,\"stream_options\":null}");

        assertThat(body.choices).isEqualTo(1);
        assertThat(body.outputLimit()).isNull();
        assertThat(body.stream).isFalse();
    }

    @Test
    void sendsTheSameBytesWhereNothingNeedsAnEdit() throws Exception {
        var text = " {\"model\" : \"a\" , \"unknown\":{\"k\":[1, 2.50]} }\n";

        assertThat(scan(text).forUpstream("a", false, null, "max_tokens")).isSameAs(scanned.bytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                      | {\"model\":\"m\"}",
                "{ }                                     | {\"model\":\"m\" }",
                "{\"model\":\"a\",\"x\":1}               | {\"model\":\"m\",\"x\":1}",
                "{\"x\":1}                               | {\"model\":\"m\",\"x\":1}",
                "{\"mod\\u0065l\": \"a\" }               | {\"mod\\u0065l\": \"m\" }",
            })
    void putsTheModelInItsPlaceOrFirst(String before, String after) throws Exception {
        assertThat(edited(before, "m", false, null)).isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"model\":\"m\"}" + "| {\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model\":\"m\"}",
                "{\"model\":\"m\",\"stream\":false}"
                        + "| {\"stream_options\":{\"include_usage\":true},\"model\":\"m\",\"stream\":true}",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":null}"
                        + "| {\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{}}"
                        + "| {\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"x\":1}}"
                        + "| {\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true,\"x\":1}}",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\": false}}"
                        + "| {\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\": true}}",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":null}}"
                        + "| {\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
            })
    void asksForAStreamWithUsage(String before, String after) throws Exception {
        assertThat(edited(before, "m", true, null)).isEqualTo(after);
    }

    @Test
    void setsAnOutputLimitWhereThereWasNone() throws Exception {
        assertThat(edited("{\"model\":\"m\"}", "m", false, 20L)).isEqualTo("{\"max_tokens\":20,\"model\":\"m\"}");
        assertThat(edited("{\"model\":\"m\",\"max_tokens\":null}", "m", false, 20L))
                .isEqualTo("{\"model\":\"m\",\"max_tokens\":20}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "7",
                "null",
                "\"x\"",
                "{",
                "{\"model\":\"a\"",
                "{\"model\":\"a\"}}",
                "{} {}",
                "{\"a\":1,}",
                "{'model':'a'}",
                "{\"model\":\"a\",\"model\":\"b\"}",
                "{\"model\":\"a\",\"mod\\u0065l\":\"a\"}",
                "{\"stream\":true,\"stream\":true}",
                "{\"n\":1,\"n\":null}",
                "{\"max_tokens\":1,\"max_tokens\":1}",
                "{\"max_completion_tokens\":1,\"max_completion_tokens\":2}",
                "{\"stream_options\":{},\"stream_options\":null}",
                "{\"stream_options\":{\"include_usage\":true,\"include_usage\":true}}",
                "{\"model\":7}",
                "{\"model\":null}",
                "{\"model\":\"\"}",
                "{\"stream\":\"true\"}",
                "{\"stream\":1}",
                "{\"stream_options\":true}",
                "{\"stream_options\":{\"include_usage\":1}}",
                "{\"n\":0}",
                "{\"n\":-1}",
                "{\"n\":129}",
                "{\"n\":1.0}",
                "{\"n\":\"1\"}",
                "{\"max_tokens\":0}",
                "{\"max_tokens\":-5}",
                "{\"max_tokens\":2147483648}",
                "{\"max_tokens\":9223372036854775808}",
                "{\"max_tokens\":1e3}",
                "{\"max_tokens\":[1]}",
                "{\"max_tokens\":99999999999999999999999999999999999999}",
                "{\"a\":\"\t\u0001\"}",
                "{\"a\":01}",
                "{\"a\":NaN}"
            })
    void refusesWhatCanBeReadInTwoWays(String text) {
        assertThatThrownBy(() -> scan(text)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void takesTheLastValueWithinEachRange() throws Exception {
        var body = scan("{\"model\":\"" + "m".repeat(256) + "\",\"n\":128,\"max_tokens\":2147483647}");

        assertThat(body.choices).isEqualTo(128);
        assertThat(body.outputLimit()).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> scan("{\"model\":\"" + "m".repeat(257) + "\"}"))
                .isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void boundsNesting() throws Exception {
        scan("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}");
        assertThatThrownBy(() -> scan("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"))
                .isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> scan("{\"a\":" + "[".repeat(10_000))).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        int[][] broken = {
            {0x80},
            {0xC0, 0xAF},
            {0xC3},
            {0xE0, 0x80, 0x80},
            {0xED, 0xA0, 0x80},
            {0xF0, 0x80, 0x80, 0x80},
            {0xF4, 0x90, 0x80, 0x80},
            {0xF8, 0x88, 0x80, 0x80},
            {0xE6, 0xBC},
            {0xFF},
            {0x00}
        };
        for (var bytes : broken) {
            var body = new byte[7 + bytes.length];
            System.arraycopy("{\"a\":\"".getBytes(StandardCharsets.US_ASCII), 0, body, 0, 6);
            for (int i = 0; i < bytes.length; i++) {
                body[6 + i] = (byte) bytes[i];
            }
            assertThat(Utf8.isText(body)).isFalse();
            assertThatThrownBy(() -> RequestBody.of(Operation.CHAT, body))
                    .isInstanceOf(MalformedRequestException.class);
        }
    }

    @Test
    void refusesOtherEncodingsOfJson() {
        for (var charset : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
            assertThatThrownBy(() -> RequestBody.of(Operation.CHAT, "{\"model\":\"a\"}".getBytes(charset)))
                    .isInstanceOf(MalformedRequestException.class);
        }
    }

    private RequestBody scanned;

    private RequestBody scan(String text) throws MalformedRequestException {
        scanned = RequestBody.of(Operation.CHAT, text.getBytes(StandardCharsets.UTF_8));
        return scanned;
    }

    private String edited(String text, String model, boolean streamed, Long limit) throws MalformedRequestException {
        var sent = scan(text).forUpstream(model, streamed, limit, "max_tokens");
        return new String(sent, StandardCharsets.UTF_8);
    }
}
