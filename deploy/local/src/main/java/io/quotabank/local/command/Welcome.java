package io.quotabank.local.command;

import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import tools.jackson.databind.JsonNode;

/** Says how to use a running suite, from what its stack.json tells. */
record Welcome(StateDirectory state) {

    void print() {
        StateFiles.readJson(state.stackFile(), JsonNode.class).ifPresent(Welcome::print);
    }

    private static void print(JsonNode stack) {
        var demo = stack.path("demo");
        var gateway = stack.path("gateway").asString("");
        if (demo.isMissingNode() || gateway.isEmpty()) {
            return;
        }
        System.out.println();
        System.out.println("Gateway      " + gateway);
        for (var name : new String[] {"buyer", "seller", "admin"}) {
            var person = demo.path(name);
            System.out.printf(
                    "%-12s %s / %s%n",
                    name,
                    person.path("username").asString(),
                    person.path("password").asString());
        }
        var key = demo.path("buyer").path("accessKey").asString();
        System.out.println("Access key   " + key);
        System.out.println();
        System.out.println("Try it:");
        System.out.printf("""
                curl -N %s/v1/chat/completions -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \
                -d '{"model":"%s","stream":true,"messages":[{"role":"user","content":"Say hello"}]}'
                """, gateway, key, demo.path("model").asString());
    }
}
