package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import io.quotabank.local.supervisor.Message.Act.Verb;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

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

    /** One instance after the other, each only when the one before serves again. */
    int roll(List<String> services) {
        if (services.size() > 1) {
            throw new LocalFailure("./quotabank restart --rolling takes one service, or none for all.");
        }
        act(Verb.ROLL, services.isEmpty() ? "" : services.getFirst());
        return 0;
    }

    private void act(Verb verb, String part) {
        var last = new AtomicReference<Message>();
        new ControlClient(state).talk(new Message.Act(verb, part), message -> {
            if (message instanceof Message.Note(String text)) {
                System.out.println(text);
            } else if (!(message instanceof Message.Beat)) {
                last.set(message);
            }
        });
        var answer = Optional.ofNullable(last.get())
                .orElseThrow(() -> new LocalFailure("Quotabank is down; ./quotabank up starts it."));
        if (answer instanceof Message.Failed(String sentence, List<String> log)) {
            throw new LocalFailure(sentence, log);
        }
    }
}
