package io.quotabank.sandbox;

import java.io.IOException;
import java.util.List;

/** The program: exits with 2 when its arguments are wrong, with 1 when it cannot listen. */
public final class SandboxProvider {

    private SandboxProvider() {}

    public static void main(String[] words) {
        var status = run(List.of(words));
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Leaves the servers running when it returns 0, unless help was asked for. */
    static int run(List<String> words) {
        try {
            var arguments = Arguments.parse(words);
            if (arguments.help()) {
                System.out.print(Arguments.HELP);
                return 0;
            }
            var sandbox = Sandbox.start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
            System.out.printf(
                    "Sandbox provider on http://%s:%d/v1, control API on http://%s:%d/control%n",
                    arguments.host(), sandbox.port(), arguments.host(), sandbox.controlPort());
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println(
                    "Cannot listen: " + e.getMessage() + ". Choose another --port, --control-port or --host.");
            return 1;
        }
    }
}
