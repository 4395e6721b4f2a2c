package io.quotabank.local;

import io.quotabank.local.command.CommandLine;
import java.nio.file.Path;
import java.util.List;

/** Where {@code ./quotabank} comes in. */
public final class Quotabank {

    public static void main(String[] arguments) {
        var root = Path.of(System.getProperty("quotabank.root", "."))
                .toAbsolutePath()
                .normalize();
        System.exit(new CommandLine(root).run(List.of(arguments)));
    }

    private Quotabank() {}
}
