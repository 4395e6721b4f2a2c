package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import tools.jackson.databind.JsonNode;

/** Prints a bearer token for one of the demo's people or its application, and nothing else. */
record Token(StateDirectory state) {

    int run(String name) {
        var stack = StateFiles.readJson(state.stackFile(), JsonNode.class)
                .orElseThrow(() -> new LocalFailure("Quotabank is down; ./quotabank up starts it."));
        var one = stack.path("demo").path(name);
        if (LocalRealm.names().noneMatch(name::equals) || one.isMissingNode()) {
            throw new LocalFailure("There are tokens for buyer, seller, admin and application.");
        }
        var keycloak = stack.path("keycloak").path("url").asString();
        System.out.println(
                name.equals(LocalRealm.APPLICATION)
                        ? LocalRealm.applicationToken(
                                keycloak, one.path("secret").asString())
                        : LocalRealm.token(
                                keycloak,
                                one.path("username").asString(),
                                one.path("password").asString()));
        return 0;
    }
}
