package io.quotabank.proxy.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SseScannerProperties {

    @Property
    void findsTheSameEventsHoweverTheStreamIsCut(
            @ForAll("streams") String text, @ForAll @IntRange(min = 1, max = 40) int pieceBytes) throws Exception {
        var whole = ScannedStream.of(text, Integer.MAX_VALUE / 2);
        var cut = ScannedStream.of(text, pieceBytes);

        assertThat(cut.events()).isEqualTo(whole.events());
    }

    @Property
    void losesNoByte(@ForAll("streams") String text, @ForAll @IntRange(min = 1, max = 40) int pieceBytes)
            throws Exception {
        assertThat(ScannedStream.of(text, pieceBytes).raw()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void readsWhatAWriterWrote(@ForAll("payloads") List<String> payloads, @ForAll("lineEnds") String end)
            throws Exception {
        var text = new StringBuilder();
        payloads.forEach(
                payload -> text.append("data: ").append(payload).append(end).append(end));

        assertThat(ScannedStream.of(text.toString(), 13).data()).isEqualTo(payloads);
    }

    /** Pieces that streams are made of, in any order, well-formed or not. */
    @Provide
    Arbitrary<String> streams() {
        return Arbitraries.of(
                        "data: ",
                        "data:",
                        "data",
                        "event: error",
                        ": comment",
                        "\n",
                        "\r",
                        "\r\n",
                        "\n\n",
                        "\r\n\r\n",
                        "x",
                        "{\"a\":1}",
                        "[DONE]",
                        "漢",
                        "🦀",
                        "\uFEFF",
                        " ",
                        ":")
                .list()
                .ofMaxSize(40)
                .map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<List<String>> payloads() {
        return Arbitraries.strings()
                .withCharRange('!', '~')
                .withChars("漢ż")
                .ofMinLength(1)
                .ofMaxLength(60)
                .list()
                .ofMaxSize(10);
    }

    @Provide
    Arbitrary<String> lineEnds() {
        return Arbitraries.of("\n", "\r", "\r\n");
    }
}
