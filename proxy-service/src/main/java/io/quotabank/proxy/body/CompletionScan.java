package io.quotabank.proxy.body;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A completion's prompts, and what beside them changes its price. */
final class CompletionScan extends Scan {

    private boolean promptSeen;
    private boolean suffixSeen;
    private boolean echoSeen;
    private boolean bestOfSeen;

    CompletionScan(JsonParser json, RequestBody body) {
        super(json, body);
    }

    @Override
    void member(String name, JsonToken value) throws MalformedRequestException {
        switch (name) {
            case "prompt" -> prompt(value);
            case "suffix" -> suffix(value);
            case "echo" -> echo(value);
            case "best_of" -> bestOf(value);
            case "max_completion_tokens", "messages", "input", "prediction", "modalities", "tools" ->
                Prompts.notHere(json, value, name);
            default -> other(name, value);
        }
    }

    @Override
    void end() throws MalformedRequestException {
        var limit = body.maxTokens;
        if (limit != null && limit == 0 && !body.echo) {
            throw new MalformedRequestException("'max_tokens' may be 0 only with 'echo'.", "max_tokens");
        }
    }

    /** None at all only repeats the prompt, for its log probabilities. */
    @Override
    long fewestTokens() {
        return 0;
    }

    private void prompt(JsonToken value) throws MalformedRequestException {
        if (promptSeen) {
            throw twice("prompt");
        }
        promptSeen = true;
        body.inputs = value == JsonToken.VALUE_NULL ? 1 : Prompts.count(json, value, "prompt");
    }

    private void suffix(JsonToken value) throws MalformedRequestException {
        if (suffixSeen) {
            throw twice("suffix");
        }
        suffixSeen = true;
        if (value != JsonToken.VALUE_NULL && value != JsonToken.VALUE_STRING) {
            throw new MalformedRequestException("'suffix' is not a string.", "suffix");
        }
    }

    private void echo(JsonToken value) throws MalformedRequestException {
        if (echoSeen) {
            throw twice("echo");
        }
        echoSeen = true;
        body.echo = bool(value, "echo");
    }

    private void bestOf(JsonToken value) throws MalformedRequestException {
        if (bestOfSeen) {
            throw twice("best_of");
        }
        bestOfSeen = true;
        body.bestOf = atMostChoices(value, "best_of");
    }
}
