package io.quotabank.systemtests.stack;

import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The control API of the sandbox for payments: what payers and the network do. */
public final class PaymentSandbox {

    private final Stack stack;

    public PaymentSandbox(Stack stack) {
        this.stack = stack;
    }

    /** Pays an order and notifies, unless the wishes say otherwise; tells {@code notices} and {@code deliveries}. */
    public JsonNode pay(UUID order, Map<String, ?> wishes) {
        return control("trades/" + order + "/pay", wishes);
    }

    /** Delivers the notification that was put down, as wished; an answer each. */
    public JsonNode deliver(JsonNode done, Map<String, ?> wishes) {
        return control("notices/" + done.path("notices").path(0).asLong() + "/deliver", wishes);
    }

    /** What the provider knows of an order. */
    public JsonNode trade(UUID order) {
        return control("trades/" + order, Map.of());
    }

    private JsonNode control(String path, Map<String, ?> body) {
        var control = stack.read().path("payments").path("control").asString();
        var answer = Http.post(control + "/control/" + path, null, body);
        if (answer.status() != 200) {
            throw new IllegalStateException("the sandbox refused: " + answer.status() + " " + answer.body());
        }
        return answer.json();
    }
}
