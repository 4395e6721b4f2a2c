package io.quotabank.proxy.body;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A chat's messages, and what beside them changes its price. */
final class ChatScan extends Scan {

    private long bestOf = 1;

    ChatScan(JsonParser json, RequestBody body) {
        super(json, body);
    }

    @Override
    void member(String name, JsonToken value) throws MalformedRequestException {
        switch (name) {
            case "max_completion_tokens" -> maxCompletionTokens(value);
            case "best_of" -> bestOf(value);
            case "messages" -> body.attachments.messages(json, value);
            case "prediction" -> prediction();
            case "modalities" -> Billable.modalities(json, value);
            case "tools" -> Billable.tools(json, value);
            default -> other(name, value);
        }
    }

    @Override
    void end() throws MalformedRequestException {
        if (bestOf > body.choices) {
            throw new MalformedRequestException(
                    "'best_of' is above 'n'; what is not answered has no price.", "best_of");
        }
    }

    private void bestOf(JsonToken value) throws MalformedRequestException {
        var drawn = positive(value, "best_of");
        bestOf = drawn == null ? bestOf : Math.max(bestOf, drawn);
    }

    private void prediction() {
        int start = offset(json);
        json.skipChildren();
        body.predictionBytes += valueEnd() - start;
    }

    private void maxCompletionTokens(JsonToken value) throws MalformedRequestException {
        refuseSecond(body.maxCompletionTokensSpan, "max_completion_tokens");
        body.maxCompletionTokens = positive(value, "max_completion_tokens");
        body.maxCompletionTokensSpan = span();
    }
}
