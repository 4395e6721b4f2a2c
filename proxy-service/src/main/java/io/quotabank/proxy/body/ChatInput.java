package io.quotabank.proxy.body;

import io.quotabank.proxy.metering.Tokenizers.Tokenizer;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Input tokens of a chat request, counted as OpenAI's cookbook does: 3 for each message, its role, its text, 1 more for
 * a name, and 3 for the answer's beginning. Tools and the wanted format are counted as the text of their JSON.
 *
 * @param tokens of all text
 */
record ChatInput(long tokens) {

    private static final int PER_MESSAGE = 3;
    private static final int PER_NAME = 1;
    private static final int FOR_ANSWER = 3;
    private static final int LONGEST_STRING = 32 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_STRING)
                    .build())
            .build();

    /** Counts a body that has been scanned as a request before. */
    static ChatInput of(byte[] body, Tokenizer tokenizer) {
        var counter = new Counter(tokenizer);
        try (var json = JSON.createParser(ObjectReadContext.empty(), body)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                var value = json.nextToken();
                switch (name) {
                    case "messages" -> counter.messages(json, value);
                    case "tools", "functions", "response_format" -> counter.wholeText(json);
                    default -> json.skipChildren();
                }
            }
        } catch (JacksonException changed) {
            throw new IllegalArgumentException("the body was scanned before and is not JSON now", changed);
        }
        return new ChatInput(counter.tokens + FOR_ANSWER);
    }

    private static final class Counter {
        private final Tokenizer tokenizer;
        private long tokens;

        Counter(Tokenizer tokenizer) {
            this.tokenizer = tokenizer;
        }

        void messages(JsonParser json, JsonToken first) {
            if (first != JsonToken.START_ARRAY) {
                json.skipChildren();
                return;
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() == JsonToken.START_OBJECT) {
                    tokens += PER_MESSAGE;
                    message(json);
                } else {
                    json.skipChildren();
                }
            }
        }

        private void message(JsonParser json) {
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                var value = json.nextToken();
                switch (name) {
                    case "content" -> content(json, value);
                    case "name" -> {
                        tokens += PER_NAME;
                        text(json, value);
                    }
                    case "tool_calls", "function_call" -> wholeText(json);
                    default -> text(json, value);
                }
            }
        }

        private void content(JsonParser json, JsonToken first) {
            if (first != JsonToken.START_ARRAY) {
                text(json, first);
                return;
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() == JsonToken.START_OBJECT) {
                    part(json);
                } else {
                    json.skipChildren();
                }
            }
        }

        private void part(JsonParser json) {
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                var value = json.nextToken();
                if (name.equals("text") || name.equals("refusal")) {
                    text(json, value);
                } else {
                    json.skipChildren();
                }
            }
        }

        private void text(JsonParser json, @Nullable JsonToken value) {
            if (value == JsonToken.VALUE_STRING) {
                tokens += tokenizer.count(json.getString());
            } else {
                json.skipChildren();
            }
        }

        void wholeText(JsonParser json) {
            var text = new StringWriter();
            try (var copy = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
                copy.copyCurrentStructure(json);
            }
            tokens += tokenizer.count(text.toString());
        }
    }
}
