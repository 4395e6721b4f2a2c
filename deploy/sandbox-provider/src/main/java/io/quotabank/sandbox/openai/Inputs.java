package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads texts given as a string, an array of strings, an array of token ids, or an array of such arrays. */
final class Inputs {

    /** OpenAI takes no more in one request. */
    static final int MOST = 2048;

    private static final String FORMS = "one of a string, array of strings, array of integers, or array of arrays";

    /**
     * One text.
     *
     * @param tokens exactly as many as ids were given, where ids were
     */
    record Input(String text, int tokens) {}

    private final Fields fields;
    private final String name;
    private final Tokenizer tokenizer;

    private Inputs(Fields fields, String name, Tokenizer tokenizer) {
        this.fields = fields;
        this.name = name;
        this.tokenizer = tokenizer;
    }

    /** @throws Malformed when there are none, too many, or others than these */
    static List<Input> read(Fields fields, String name, Tokenizer tokenizer) {
        var value = fields.raw(name);
        if (value == null) {
            throw fields.missing(name);
        }
        return new Inputs(fields, name, tokenizer).read(value);
    }

    private List<Input> read(JsonNode value) {
        if (value.isString()) {
            return List.of(text(value));
        }
        if (!value.isArray()) {
            throw fields.wrongType(name, FORMS, value);
        }
        if (value.isEmpty()) {
            throw fields.invalid(name, "empty_array", "Expected an array with minimum length 1.");
        }
        if (value.get(0).isIntegralNumber()) {
            return List.of(tokens(value));
        }
        if (value.size() > MOST) {
            throw fields.invalid(name, "array_above_max_length", "Expected an array with maximum length " + MOST + ".");
        }
        var inputs = new ArrayList<Input>(value.size());
        for (var each : value) {
            inputs.add(value.get(0).isArray() ? tokens(each) : text(each));
        }
        return inputs;
    }

    private Input text(JsonNode value) {
        if (!value.isString()) {
            throw fields.wrongType(name, FORMS, value);
        }
        return new Input(value.stringValue(), tokenizer.count(value.stringValue()));
    }

    private Input tokens(JsonNode value) {
        if (!value.isArray() || value.isEmpty()) {
            throw fields.wrongType(name, FORMS, value);
        }
        var ids = new int[value.size()];
        for (var i = 0; i < ids.length; i++) {
            var id = value.get(i);
            if (!id.isIntegralNumber()) {
                throw fields.wrongType(name, FORMS, id);
            }
            if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() > Tokenizer.LAST_ID) {
                throw fields.invalid(name, "invalid_value", "There is no token " + id + ".");
            }
            ids[i] = id.intValue();
        }
        return new Input(tokenizer.text(ids), ids.length);
    }
}
