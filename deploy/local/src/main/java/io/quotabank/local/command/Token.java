package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import tools.jackson.databind.JsonNode;

/** Prints a bearer token for one of the demo's people, and nothing else. */
record Token(StateDirectory state) {

    int run(String name) {
        var stack = StateFiles.readJson(state.stackFile(), JsonNode.class)
                .orElseThrow(() -> new LocalFailure("Quotabank is down; ./quotabank up starts it."));
        var person = stack.path("demo").path(name);
        if (!LocalRealm.PEOPLE.contains(name) || person.isMissingNode()) {
            throw new LocalFailure("There are tokens for buyer, seller and admin.");
        }
        System.out.println(LocalRealm.token(
                stack.path("keycloak").path("url").asString(),
                person.path("username").asString(),
                person.path("password").asString()));
        return 0;
    }
}
