package io.quotabank.local.command;

import io.quotabank.local.state.Settings;
import io.quotabank.local.supervisor.Message;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shows a start as it goes: a table that is drawn over on a terminal, a line for each event elsewhere. */
final class Progress {

    private static final String CLEAR = "\u001b[2K";

    private final boolean terminal = Console.terminal().isPresent() && !"dumb".equals(System.getenv("TERM"));
    private final boolean training;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, String> states = new HashMap<>();
    private int drawn;

    Progress(Settings settings) {
        training = settings.training();
        if (!training) {
            System.out.println("Starting Quotabank, gateway on port " + settings.portsFrom() + ".");
        }
    }

    void show(Message message) {
        switch (message) {
            case Message.PartState(String part, String state, double seconds) -> part(part, state, seconds);
            case Message.Note(String text) -> note(text);
            case Message.Ready(double seconds)
            when training -> note("It came up in %.1f s, and stops again.".formatted(seconds));
            case Message.Ready(double seconds) -> note("Ready in %.1f s.".formatted(seconds));
            case Message.Beat beat -> {}
            case Message.Failed failed -> {}
            case Message.Follow other -> {}
            case Message.AskStatus other -> {}
            case Message.Stop other -> {}
            case Message.Act other -> {}
            case Message.Status other -> {}
            case Message.Done other -> {}
        }
    }

    void end() {
        System.out.flush();
    }

    private void part(String part, String state, double seconds) {
        if (state.equals("stopped") || state.equals(states.put(part, state))) {
            return;
        }
        var line = "  %-18s %-10s %6.1f s".formatted(part, state, seconds);
        lines.put(part, line);
        if (terminal) {
            draw();
        } else {
            System.out.println(line);
        }
    }

    private void note(String text) {
        System.out.println(text);
        drawn = 0;
    }

    private void draw() {
        if (drawn > 0) {
            System.out.print("\u001b[" + drawn + "A");
        }
        lines.values().forEach(line -> System.out.println(CLEAR + line));
        drawn = lines.size();
    }
}
