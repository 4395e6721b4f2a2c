package io.quotabank.proxy.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The corpus: what providers and proxies in front of them make of an event stream. */
class SseScannerTests {

    @Test
    void endsLinesWithLfCrLfAndCr() throws Exception {
        assertThat(dataOf("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void passesOverCommentsAndOtherFields() throws Exception {
        assertThat(dataOf(": keep-alive\n\nevent: x\nid: 7\nretry: 10\ndata: a\n: inside\n\n"))
                .containsExactly("a");
    }

    @Test
    void joinsSeveralDataLines() throws Exception {
        assertThat(dataOf("data: {\ndata: \"a\": 1\ndata: }\n\n")).containsExactly("{\n\"a\": 1\n}");
    }

    @Test
    void dropsOneSpaceAfterTheColonAndNoMore() throws Exception {
        assertThat(dataOf("data:a\n\ndata: b\n\ndata:  c\n\ndata\n\n")).containsExactly("a", "b", " c", "");
    }

    @Test
    void dropsAByteOrderMark() throws Exception {
        assertThat(dataOf("\uFEFFdata: a\n\n")).containsExactly("a");
    }

    @Test
    void doesNotTakeAnotherFieldForData() throws Exception {
        assertThat(dataOf("datax: a\n\ndat: b\n\n")).isEmpty();
    }

    @Test
    void givesTheEventThatTheStreamEndsIn() throws Exception {
        assertThat(dataOf("data: a\n\ndata: [DONE]")).containsExactly("a", "[DONE]");
        assertThat(dataOf("data: a\n\ndata: [DONE]\n")).containsExactly("a", "[DONE]");
    }

    @Test
    void knowsTheEndMarkInEveryForm() throws Exception {
        for (var text : List.of("data: [DONE]\n\n", "data:[DONE]\r\n\r\n", "data: [DONE]")) {
            assertThat(ScannedStream.of(text, text.length()).events()).as(text).allMatch(ScannedStream.Event::done);
        }
    }

    @Test
    void tellsAnEventNamedError() throws Exception {
        var events =
                ScannedStream.of("event: error\ndata: {}\n\ndata: {}\n\n", 7).events();

        assertThat(events).extracting(ScannedStream.Event::error).containsExactly(true, false);
    }

    @Test
    void keepsCharactersThatAreCutInTwo() throws Exception {
        var text = "data: zażółć 漢字 🦀\n\n";

        for (int size = 1; size < 9; size++) {
            assertThat(ScannedStream.of(text, size).data()).containsExactly("zażółć 漢字 🦀");
        }
    }

    @Test
    void takesAnEventOfExactlyItsBoundAndNoByteMore() throws Exception {
        var scanner = new SseScanner(16, bytes -> true);
        var fits = "data: 90123456\n\n".getBytes(StandardCharsets.US_ASCII);
        scanner.fill(new ByteArrayInputStream(fits));
        assertThat(scanner.next()).isNotNull();

        var unfinished = "data: 901234567".getBytes(StandardCharsets.US_ASCII);
        scanner.fill(new ByteArrayInputStream(unfinished));
        assertThat(scanner.next()).isNull();
        scanner.fill(new ByteArrayInputStream(fits, 0, 2));
        assertThatThrownBy(scanner::next).isInstanceOf(SseScanner.EventTooLargeException.class);
    }

    @Test
    void takesAMegabyteInOneEvent() throws Exception {
        var large = "x".repeat(1_000_000);

        assertThat(ScannedStream.of("data: " + large + "\n\n", 8192).data()).containsExactly(large);
    }

    private static List<String> dataOf(String text) throws Exception {
        return ScannedStream.of(text, text.length()).data();
    }
}
