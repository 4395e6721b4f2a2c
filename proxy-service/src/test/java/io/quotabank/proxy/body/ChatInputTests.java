package io.quotabank.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.proxy.metering.Tokenizers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChatInputTests {

    private final Tokenizers tokenizers = new Tokenizers();

    // The example of OpenAI's cookbook "How to count tokens with tiktoken", whose counts the API confirmed.
    @Test
    void countsWhatTheCookbookCounts() {
        var body = "{\"messages\":["
                + "{\"role\":\"system\",\"content\":\"You are a helpful, pattern-following assistant that translates"
                + " corporate jargon into plain English.\"},"
                + "{\"role\":\"system\",\"name\":\"example_user\",\"content\":\"New synergies will help drive top-line"
                + " growth.\"},"
                + "{\"role\":\"system\",\"name\":\"example_assistant\",\"content\":\"Things working well together will"
                + " increase revenue.\"},"
                + "{\"role\":\"system\",\"name\":\"example_user\",\"content\":\"Let's circle back when we have more"
                + " bandwidth to touch base on opportunities for increased leverage.\"},"
                + "{\"role\":\"system\",\"name\":\"example_assistant\",\"content\":\"Let's talk later when we're less"
                + " busy about how to do better.\"},"
                + "{\"role\":\"user\",\"content\":\"This late pivot means we don't have time to boil the ocean for the"
                + " client deliverable.\"}]}";

        assertThat(input(body, "cl100k_base").tokens()).isEqualTo(129);
        assertThat(input(body, "o200k_base").tokens()).isEqualTo(124);
    }

    @Test
    void countsTheTextOfPartsAndNothingOfMedia() {
        var body = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hello there\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y.png\"}},"
                + "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}},"
                + "{\"type\":\"file\",\"file\":{\"file_id\":\"f\"}}]}]}";

        assertThat(input(body, "o200k_base")).isEqualTo(new ChatInput(9));
    }

    @Test
    void takesAnUnknownEncodingForTheNewest() {
        var body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}";

        assertThat(input(body, "no_such_base")).isEqualTo(input(body, "o200k_base"));
    }

    private ChatInput input(String body, String encoding) {
        return ChatInput.of(body.getBytes(StandardCharsets.UTF_8), tokenizers.named(encoding));
    }
}
