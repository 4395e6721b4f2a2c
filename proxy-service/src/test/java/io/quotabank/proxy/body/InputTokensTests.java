package io.quotabank.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.metering.Tokenizers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds that reservations are made of. */
class InputTokensTests {

    private static final long CONTEXT = 128_000;
    private static final int IMAGE = 50_000;
    private static final String IMAGE_PART = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y.png\"}}";

    private final Tokenizers tokenizers = new Tokenizers();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"file\",\"file\":{\"file_id\":\"f\"}}",
                "{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"data:application/pdf;base64,AA\"}}",
                "{\"type\":\"file\",\"f\\u0069le\":{\"file_\\u0069d\":\"f\"}}",
                "{\"type\":\"text\",\"file\":{}}",
                "{\"type\":\"video_url\",\"video_url\":{\"url\":\"https://x/y.mp4\"}}",
                "{\"type\":\"document\"}",
                "{\"type\":7}",
                "{\"type\":\"text\",\"anything\":\"https://x/y\"}",
                "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"https://x/y.wav\",\"format\":\"wav\"}}",
                "{\"type\":\"input_audio\",\"input_audio\":{\"url\":\"x\"}}",
                "{\"type\":\"input_audio\",\"input_audio\":\"https://x/y.wav\"}"
            })
    void whatMayHaveAnyNumberOfTokensTakesTheWholeContext(String part) throws Exception {
        var input = input(parts(part));

        assertThat(input.bound()).isEqualTo(CONTEXT);
        assertThat(input.tightBound()).isEqualTo(CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"audio\":{\"id\":\"audio_1\"}",
                "\"images\":[{\"url\":\"https://x/y.png\"}]",
                "\"content\":{\"type\":\"text\"}"
            })
    void whatAMessageRefersToTakesTheWholeContext(String member) throws Exception {
        assertThat(input("{\"messages\":[{\"role\":\"assistant\"," + member + "}]}")
                        .bound())
                .isEqualTo(CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                IMAGE_PART,
                "{\"type\":\"image_url\",\"image_ur\\u006c\":{\"url\":\"https://x/y.png\"}}",
                "{\"type\":\"image_url\",\"\\u0069mage_url\":\"https://x/y.png\"}",
                "{\"image_url\":\"https://x/y.png\"}"
            })
    void anImageTakesItsFlatBoundHoweverItsNameIsWritten(String part) throws Exception {
        var body = parts(part);

        assertThat(input(body).bound()).isEqualTo(body.length() + IMAGE);
        assertThat(input(body).tightBound()).isBetween((long) IMAGE, IMAGE + 20L);
        assertThat(input(parts(part + "," + part)).bound()).isGreaterThan(2L * IMAGE);
        assertThat(input(parts(part + "," + part + "," + part)).bound()).isEqualTo(CONTEXT);
    }

    @Test
    void audioIsBoundedByItsLength() throws Exception {
        var data = "A".repeat(16_000);
        var part = "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"" + data + "\",\"format\":\"wav\"}}";

        assertThat(input(parts(part)).bound()).isGreaterThan(16_000);
        assertThat(input(parts(part)).tightBound()).isBetween(1_000L, 1_020L);
    }

    @Test
    void textThatNamesMediaIsText() throws Exception {
        var body = parts("{\"type\":\"text\",\"text\":\"image_url image_url file_id input_audio\"}");

        assertThat(input(body).bound()).isEqualTo(body.length());
        assertThat(input("{\"tools\":[{\"type\":\"function\",\"function\":{\"image_url\":1,\"file\":{}}}]}")
                        .bound())
                .isLessThan(100);
    }

    @Test
    void whatNoTokenizerIsAskedAboutCountsByItsBytes() throws Exception {
        var details = "\"reasoning_details\":[\"" + "x".repeat(500) + "\"]";
        var unknown = "\"documents\":[{\"text\":\"" + "y".repeat(700) + "\"}]";

        var input = input("{" + unknown + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"," + details + "}]}");

        assertThat(input.tightBound()).isBetween(1_200L, 1_300L);
    }

    @Test
    void neitherBoundIsBelowWhatIsCounted() throws Exception {
        for (var text : new String[] {"Hello there", "漢字かな🦀", "\\u00e9\\ud83e\\udd80", "a b c d e f g", ""}) {
            var input = input(parts("{\"type\":\"text\",\"text\":\"" + text + "\"}"));

            assertThat(input.tightBound()).isGreaterThanOrEqualTo(input.count());
            assertThat(input.bound()).isGreaterThanOrEqualTo(input.tightBound());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"best_of\":2",
                "\"best_of\":3,\"n\":2",
                "\"best_of\":9,\"best_of\":1",
                "\"service_tier\":\"priority\"",
                "\"service_tier\":7",
                "\"modalities\":[\"text\",\"audio\"]",
                "\"modalities\":\"audio\"",
                "\"web_search_options\":{}",
                "\"web_search_opt\\u0069ons\":{}",
                "\"search_parameters\":{\"mode\":\"on\"}",
                "\"enable_search\":true",
                "\"provider\":{\"order\":[\"x\"]}",
                "\"preset\":\"dear\"",
                "\"route\":\"fallback\"",
                "\"MODEL\":\"gpt-4.1\"",
                "\"Max_Tokens\":16000",
                "\"max_token\\u017f\":16000",
                "\"Models\":[\"x\"]",
                "\"plugins\":[{\"id\":\"web\"}]",
                "\"models\":[\"dearer\"]",
                "\"tools\":[{\"type\":\"function\"},{\"type\":\"web_search\"}]",
                "\"tools\":[{\"type\":null}]"
            })
    void refusesWhatHasNoPrice(String member) {
        assertThatThrownBy(() -> scan("{" + member + "}")).isInstanceOf(MalformedRequestException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"best_of\":2,\"n\":2",
                "\"best_of\":null",
                "\"service_tier\":\"flex\"",
                "\"service_tier\":null",
                "\"modalities\":[\"text\"]",
                "\"modalities\":null",
                "\"web_search_options\":null",
                "\"enable_search\":false",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"web_search\",\"type\":\"web_search\"}}]",
                "\"tools\":null"
            })
    void takesWhatCostsNothingBesides(String member) throws Exception {
        assertThat(scan("{" + member + "}").choices).isPositive();
    }

    @Test
    void aPredictionIsBoundedAsOutput() throws Exception {
        var prediction = "{\"type\":\"content\",\"content\":\"" + "z".repeat(300) + "\"}";

        assertThat(scan("{\"prediction\" : " + prediction + " }").predictionBytes)
                .isEqualTo(prediction.length());
    }

    private InputTokens input(String body) throws MalformedRequestException {
        return new InputTokens(scan(body), tokenizers.named("o200k_base"), TestCatalog.priced("m"), IMAGE);
    }

    private static RequestBody scan(String body) throws MalformedRequestException {
        return RequestBody.of(Operation.CHAT, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String parts(String parts) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":[" + parts + "]}]}";
    }
}
