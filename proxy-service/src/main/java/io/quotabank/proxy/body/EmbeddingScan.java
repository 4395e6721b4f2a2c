package io.quotabank.proxy.body;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Texts to embed. Nothing is generated, so only they cost. */
final class EmbeddingScan extends Scan {

    private boolean inputSeen;

    EmbeddingScan(JsonParser json, RequestBody body) {
        super(json, body);
    }

    @Override
    void member(String name, JsonToken value) throws MalformedRequestException {
        switch (name) {
            case "input" -> input(value);
            case "messages", "prompt", "suffix", "best_of", "prediction", "modalities", "tools" ->
                Prompts.notHere(json, value, name);
            default -> other(name, value);
        }
    }

    @Override
    void end() throws MalformedRequestException {
        if (!inputSeen) {
            throw new MalformedRequestException("'input' is missing.", "input");
        }
        if (body.stream) {
            throw new MalformedRequestException("Embeddings are not streamed.", "stream");
        }
    }

    private void input(JsonToken value) throws MalformedRequestException {
        if (inputSeen) {
            throw twice("input");
        }
        inputSeen = true;
        body.inputs = Prompts.count(json, value, "input");
    }
}
