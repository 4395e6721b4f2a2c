package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import io.quotabank.local.supervisor.Message.Act.Verb;
import java.util.List;

/** Kills or restarts one part of a running suite. */
record Acts(StateDirectory state) {

    int kill(String part) {
        act(Verb.KILL, part);
        System.out.println(part + " was killed; the supervisor starts it again.");
        return 0;
    }

    int restart(String part) {
        act(Verb.RESTART, part);
        System.out.println(part + " was stopped and is starting again.");
        return 0;
    }

    private void act(Verb verb, String part) {
        var answer = new ControlClient(state)
                .ask(new Message.Act(verb, part))
                .orElseThrow(() -> new LocalFailure("Quotabank is down; ./quotabank up starts it."));
        if (answer instanceof Message.Failed(String sentence, List<String> log)) {
            throw new LocalFailure(sentence, log);
        }
    }
}
