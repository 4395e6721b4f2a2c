package io.quotabank.ledger.machine;

import io.quotabank.ledger.Ledger.Response;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What the service answered: {@code ok}, or the code of a refusal. */
record Told(String code, JsonNode body) {

    private static final String FAULT = "fault";

    static Told of(Response answer) {
        var code = answer.body().path("code").asString("");
        return new Told(answer.status() == 200 ? Model.OK : answer.status() >= 500 ? FAULT : code, answer.body());
    }

    /** Of work inside the process. */
    static Told of(Supplier<String> work) {
        try {
            return new Told(work.get(), JsonNodeFactory.instance.nullNode());
        } catch (RuntimeException fault) {
            return new Told(FAULT, JsonNodeFactory.instance.stringNode(String.valueOf(fault)));
        }
    }

    boolean ok() {
        return code.equals(Model.OK);
    }

    /** It may have been done or not. */
    boolean fault() {
        return code.equals(FAULT);
    }
}
