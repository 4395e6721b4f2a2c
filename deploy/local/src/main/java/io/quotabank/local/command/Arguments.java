package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.Parts;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A command line taken apart. */
final class Arguments {

    private final List<String> words = new ArrayList<>();
    private final Map<String, Integer> scale = new HashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, String> overrides = new HashMap<>();
    private final List<String> only = new ArrayList<>();
    private OptionalInt portsFrom = OptionalInt.empty();
    private boolean follow;
    private boolean yes;
    private boolean rolling;
    private boolean train = true;
    private StateDirectory state;

    /** @param root of the checkout; the state directory is inside unless told otherwise */
    Arguments(Path root, List<String> arguments) {
        var directory = System.getenv("QUOTABANK_STATE");
        state = new StateDirectory(
                directory == null || directory.isBlank() ? root.resolve(".quotabank") : Path.of(directory));
        var rest = new ArrayList<>(arguments);
        while (!rest.isEmpty()) {
            take(rest);
        }
    }

    private void take(List<String> rest) {
        var word = rest.removeFirst();
        switch (word) {
            case "--state" -> state = new StateDirectory(Path.of(value(word, rest)));
            case "--ports-from" -> portsFrom = OptionalInt.of(number(word, value(word, rest)));
            case "--scale" -> pair(word, value(word, rest), scale);
            case "--port" -> pair(word, value(word, rest), ports);
            case "--set" -> override(value(word, rest));
            case "--only" -> only.addAll(List.of(value(word, rest).split(",")));
            case "--follow", "-f" -> follow = true;
            case "--yes", "-y" -> yes = true;
            case "--rolling" -> rolling = true;
            case "--no-training" -> train = false;
            case "--rebuild" -> {}
            default -> {
                if (word.startsWith("-")) {
                    throw new LocalFailure("There is no option " + word + "; ./quotabank help shows what there is.");
                }
                words.add(word);
            }
        }
    }

    String command() {
        return words.isEmpty() ? "help" : words.getFirst();
    }

    /** What follows the command. */
    List<String> words() {
        return words.isEmpty() ? List.of() : words.subList(1, words.size());
    }

    String word(String what) {
        if (words().size() != 1) {
            throw new LocalFailure("./quotabank " + command() + " takes one " + what + ".");
        }
        return words().getFirst();
    }

    StateDirectory state() {
        return state;
    }

    boolean follow() {
        return follow;
    }

    boolean yes() {
        return yes;
    }

    boolean rolling() {
        return rolling;
    }

    boolean train() {
        return train;
    }

    /** What was asked for, on top of what the state directory was last started with. */
    Settings settings() {
        var kept = Settings.remembered(state);
        scale.keySet().stream().filter(kind -> !Parts.scales(kind)).findFirst().ifPresent(kind -> {
            throw new LocalFailure(kind + " cannot be scaled; " + String.join(", ", Parts.identities()) + " can.");
        });
        only.stream().filter(kind -> !Parts.known(kind)).findFirst().ifPresent(kind -> {
            throw new LocalFailure("There is no part named " + kind + ".");
        });
        // A whole range was asked for: single ports that were moved before would lie outside.
        var single = new HashMap<>(portsFrom.isPresent() ? Map.of() : kept.ports());
        single.putAll(ports);
        return new Settings(portsFrom.orElse(kept.portsFrom()), single, scale, only, overrides, false);
    }

    private static String value(String option, List<String> rest) {
        if (rest.isEmpty() || rest.getFirst().startsWith("--")) {
            throw new LocalFailure(option + " needs a value; ./quotabank help shows it.");
        }
        return rest.removeFirst();
    }

    private void override(String text) {
        int colon = text.indexOf(':');
        int equals = text.indexOf('=');
        if (colon < 1 || equals < colon + 2) {
            throw new LocalFailure("--set is written as --set proxy-service:quotabank.lease.idle=2s.");
        }
        overrides.put(text.substring(0, equals), text.substring(equals + 1));
    }

    private static void pair(String option, String text, Map<String, Integer> into) {
        var parts = text.split("=", 2);
        if (parts.length != 2) {
            throw new LocalFailure(option + " is written as " + option + " proxy-service=2.");
        }
        into.put(parts[0], number(option, parts[1]));
    }

    private static int number(String option, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new LocalFailure(option + " takes a number, not " + text + ".");
        }
    }
}
