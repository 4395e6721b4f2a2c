package io.quotabank.systemtests.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The sandbox provider's control API: its keys, its faults, and its own count of what it served. */
public final class Sandbox {

    /** One request as the provider counted it. */
    public record Served(
            String requestId,
            @Nullable String clientRequestId,
            String model,
            long promptTokens,
            long cachedTokens,
            long completionTokens,
            boolean finished,
            boolean open) {}

    private final String control;

    public Sandbox(Stack stack) {
        this.control = stack.sandboxControl();
    }

    /** @param tokensPerSecond the pace of streams; 0 is as fast as it goes */
    public void key(String apiKey, List<String> models, @Nullable Double balanceUsd, int tokensPerSecond) {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("models", models);
        body.put("balanceUsd", balanceUsd);
        body.put("tokensPerSecond", tokensPerSecond);
        expect(Http.put(control + "/control/keys/" + apiKey, null, body));
    }

    /** Takes from a key's balance, as its owner does who uses it elsewhere. */
    public void spend(String apiKey, double usd) {
        expect(Http.post(control + "/control/keys/" + apiKey + "/spend", null, Map.of("usd", usd)));
    }

    /** @param match without a path it is chats: a key's balance is asked for as well, and would use a fault up */
    public void fault(Map<String, ?> match, int times, Map<String, ?> fault) {
        var all = new LinkedHashMap<String, Object>(match);
        all.putIfAbsent("path", "/v1/chat/completions");
        expect(Http.post(control + "/control/faults", null, Map.of("match", all, "times", times, "fault", fault)));
    }

    /** Strikes every request that matches, for a while. */
    public void faultFor(Map<String, ?> match, Duration duration, Map<String, ?> fault) {
        var plan = Map.of("match", match, "forMs", duration.toMillis(), "fault", fault);
        expect(Http.post(control + "/control/faults", null, plan));
    }

    public void noFaults() {
        expect(Http.delete(control + "/control/faults", null));
    }

    /** What a key has served since an instant, request by request. */
    public List<Served> served(String apiKey, long sinceMs) {
        return report("apiKey=" + apiKey + "&since=" + sinceMs);
    }

    /** The same for all keys. */
    public List<Served> served(long sinceMs) {
        return report("since=" + sinceMs);
    }

    private List<Served> report(String query) {
        var answer = Http.get(control + "/control/served?" + query, null);
        expect(answer);
        var served = new ArrayList<Served>();
        for (var node : answer.json().path("requests")) {
            served.add(served(node));
        }
        return served;
    }

    private static Served served(JsonNode node) {
        var clientRequestId = node.path("clientRequestId");
        return new Served(
                node.path("requestId").asString(),
                clientRequestId.isString() ? clientRequestId.asString() : null,
                node.path("model").asString(),
                node.path("promptTokens").asLong(),
                node.path("cachedTokens").asLong(),
                node.path("completionTokens").asLong(),
                node.path("finished").asBoolean(),
                node.path("open").asBoolean());
    }

    private static void expect(Http.Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new IllegalStateException("the sandbox refused: " + answer.status() + " " + answer.body());
        }
    }
}
