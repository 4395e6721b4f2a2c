package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.supervisor.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;

/** Turns what was typed into what is done, and failures into one sentence and an exit code. */
public final class CommandLine {

    static final String HELP = """
            ./quotabank up            build what is not built, start everything, print how to use it
                --scale SERVICE=N     run several of one service (proxy-service, ledger-service, ...)
                --ports-from N        the gateway on N, everything else behind it (default 8000)
                --port PART=N         move one part
                --set SERVICE:KEY=V   give a service another setting (proxy-service:quotabank.lease.idle=2s)
                --no-training         do not make missing start caches (minutes, once for each build)
                --rebuild             build even if nothing seems to have changed
            ./quotabank down          stop everything; what was stored stays
            ./quotabank status        what runs, where, and how it is
            ./quotabank logs [PART] [-f]
            ./quotabank kill PART     end a part as a crash would; it is started again
            ./quotabank restart PART
            ./quotabank restart --rolling [SERVICE]
                                      one instance after the other; with two of each nothing is lost
            ./quotabank token buyer|seller|admin|application
            ./quotabank reset [--yes] delete everything that is stored
            ./quotabank test          run all tests, on a suite of their own
            ./quotabank bench [NAME]  measure beside nginx and pgbench: chat, stream, ledger, or all
            Each takes --state DIR (or QUOTABANK_STATE) for a second suite beside the first.
            """;

    private static final int USAGE = 2;

    private final Path root;

    public CommandLine(Path root) {
        this.root = root;
    }

    /** @return the exit code */
    public int run(List<String> words) {
        try {
            return dispatch(new Arguments(root, words));
        } catch (LocalFailure failure) {
            Console.failure(failure.sentence(), failure.log());
            return 1;
        } catch (IOException | UncheckedIOException e) {
            Console.failure("The disk or a socket failed: " + e + ".", List.of());
            return 1;
        } catch (JacksonException e) {
            Console.failure(
                    "A file in the state directory cannot be read (" + e.getOriginalMessage()
                            + "); ./quotabank reset starts afresh.",
                    List.of());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int dispatch(Arguments arguments) throws IOException, InterruptedException {
        return switch (arguments.command()) {
            case "up" -> new Up(root, arguments.state(), arguments.settings(), arguments.train()).run();
            case "down" -> new Down(arguments.state()).run();
            case "status" -> new Status(arguments.state()).run();
            case "logs" -> new Logs(arguments.state(), arguments.words(), arguments.follow()).run();
            case "kill" -> new Acts(arguments.state()).kill(arguments.word("part"));
            case "restart" -> restart(arguments);
            case "token" ->
                new Token(arguments.state()).run(arguments.word("name: buyer, seller, admin or application"));
            case "reset" -> new Reset(arguments.state(), arguments.yes()).run();
            case "test" -> new TestRun(root).run();
            case "bench" -> new Bench(root, arguments.state(), arguments.settings(), arguments.words()).run();
            case "supervise" -> supervise(arguments);
            case "help" -> help(0);
            default -> help(USAGE);
        };
    }

    private static int restart(Arguments arguments) {
        var acts = new Acts(arguments.state());
        return arguments.rolling() ? acts.roll(arguments.words()) : acts.restart(arguments.word("part"));
    }

    // Not for people: the process that up leaves behind.
    private static int supervise(Arguments arguments) throws IOException {
        var order = Supervisor.Order.of(arguments.state())
                .orElseThrow(() -> new LocalFailure("Start the suite with ./quotabank up."));
        return new Supervisor(arguments.state(), order.installed(), order.settings()).run();
    }

    private static int help(int code) {
        System.out.print(HELP);
        return code;
    }
}
