package io.quotabank.proxy.body;

import io.quotabank.proxy.metering.Tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Input tokens of a completion or of texts to embed: text by the tokenizer, tokens as many as there are. A completion
 * without a prompt begins with the one token that marks a text's beginning.
 */
record PromptInput(long tokens) {

    private static final int LONGEST_STRING = 32 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_STRING)
                    .build())
            .build();

    /** Counts a body that has been scanned as a request before. */
    static PromptInput of(byte[] body, Tokenizer tokenizer) {
        long tokens = 0;
        try (var json = JSON.createParser(ObjectReadContext.empty(), body)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "prompt", "suffix", "input" -> tokens += counted(json, tokenizer);
                    default -> json.skipChildren();
                }
            }
        } catch (JacksonException changed) {
            throw new IllegalArgumentException("the body was scanned before and is not JSON now", changed);
        }
        return new PromptInput(Math.max(1, tokens));
    }

    /** The prompts that are texts, in their order; none where they are tokens. */
    static List<String> texts(byte[] body) {
        var texts = new ArrayList<String>();
        try (var json = JSON.createParser(ObjectReadContext.empty(), body)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean prompt = json.currentName().equals("prompt");
                var value = json.nextToken();
                if (prompt && value == JsonToken.VALUE_STRING) {
                    texts.add(json.getString());
                } else if (prompt && value == JsonToken.START_ARRAY) {
                    addTexts(json, texts);
                } else {
                    json.skipChildren();
                }
            }
        } catch (JacksonException changed) {
            throw new IllegalArgumentException("the body was scanned before and is not JSON now", changed);
        }
        return texts;
    }

    private static void addTexts(JsonParser json, List<String> texts) {
        for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                texts.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
    }

    /** The parser stands on a text, a token, or a list of either or of lists of tokens. */
    private static long counted(JsonParser json, Tokenizer tokenizer) {
        long tokens = 0;
        int depth = 0;
        do {
            switch (json.currentToken()) {
                case START_ARRAY -> depth++;
                case END_ARRAY -> depth--;
                case VALUE_STRING -> tokens += tokenizer.count(json.getString());
                case VALUE_NUMBER_INT -> tokens++;
                default -> json.skipChildren();
            }
        } while (depth > 0 && json.nextToken() != null);
        return tokens;
    }
}
