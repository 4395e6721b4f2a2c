package io.quotabank.local.command;

import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Says how to use a running suite, from what its stack.json tells. */
record Welcome(StateDirectory state) {

    void print() {
        StateFiles.readJson(state.stackFile(), JsonNode.class)
                .flatMap(Welcome::text)
                .ifPresent(System.out::print);
    }

    /** Empty where the suite has no demo: parts alone were started. */
    static Optional<String> text(JsonNode stack) {
        var demo = stack.path("demo");
        var gateway = stack.path("gateway").asString("");
        if (demo.isMissingNode() || gateway.isEmpty()) {
            return Optional.empty();
        }
        var text = new StringBuilder("\n").append(line("Gateway", gateway));
        for (var name : LocalRealm.PEOPLE) {
            var person = demo.path(name);
            text.append(line(name, of(person, "username") + " / " + of(person, "password")));
        }
        var application = demo.path(LocalRealm.APPLICATION);
        text.append(line(
                LocalRealm.APPLICATION,
                "%s / %s, with client credentials; ./quotabank token %s prints a token"
                        .formatted(of(application, "clientId"), of(application, "secret"), LocalRealm.APPLICATION)));
        var key = of(demo.path("buyer"), "accessKey");
        text.append(line("Access key", key)).append("\nTry it:\n").append("""
                curl -N %s/v1/chat/completions -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \
                -d '{"model":"%s","stream":true,"messages":[{"role":"user","content":"Say hello"}]}'
                """.formatted(
                        gateway, key, of(demo, "model")));
        return Optional.of(text.toString());
    }

    private static String line(String name, String value) {
        return "%-12s %s%n".formatted(name, value);
    }

    private static String of(JsonNode node, String member) {
        return node.path(member).asString();
    }
}
