package io.quotabank.local.supervisor;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.process.Memory;
import io.quotabank.local.supervisor.Message.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Carries out what commands ask for. */
final class Commands implements ControlServer.Handler {

    private static final Duration BEAT = Duration.ofSeconds(1);

    private final Events events;
    private final Fleet fleet;
    private final Runnable stop;

    Commands(Events events, Fleet fleet, Runnable stop) {
        this.events = events;
        this.fleet = fleet;
        this.stop = stop;
    }

    @Override
    public void handle(Message request, Line line) throws IOException, InterruptedException {
        switch (request) {
            case Message.Follow follow -> follow(line);
            case Message.AskStatus ask -> line.send(new Message.Status(rows()));
            case Message.Stop ask -> {
                stop.run();
                line.send(new Message.Done());
            }
            case Message.Act(Message.Act.Verb verb, String part) ->
                line.send(verb == Message.Act.Verb.ROLL ? roll(part, line) : act(verb, part));
            case Message.PartState answer -> refuse(line);
            case Message.Note answer -> refuse(line);
            case Message.Ready answer -> refuse(line);
            case Message.Failed answer -> refuse(line);
            case Message.Beat answer -> refuse(line);
            case Message.Status answer -> refuse(line);
            case Message.Done answer -> refuse(line);
        }
    }

    private static void refuse(Line line) throws IOException {
        line.send(new Message.Failed("That is an answer, not a request.", List.of()));
    }

    private void follow(Line line) throws IOException, InterruptedException {
        int position = 0;
        try {
            while (true) {
                var event = events.at(position, BEAT);
                line.send(event.orElseGet(Message.Beat::new));
                if (event.isPresent()) {
                    position++;
                    if (event.get() instanceof Message.Ready || event.get() instanceof Message.Failed) {
                        return;
                    }
                }
            }
        } catch (IOException gone) {
            // Whoever started this went away before it was complete: nothing half-started stays.
            if (!fleet.isSettled()) {
                stop.run();
            }
            throw gone;
        }
    }

    private Message act(Message.Act.Verb verb, String name) {
        var found = fleet.find(name);
        if (found.isEmpty()) {
            return new Message.Failed(
                    "There is no part named " + name + "; the parts are "
                            + String.join(", ", Supervisor.names(fleet.all())) + ".",
                    List.of());
        }
        switch (verb) {
            case KILL -> found.get().crash();
            case RESTART -> found.get().restart();
            case ROLL -> throw new IllegalArgumentException("a service is rolled, not a part");
        }
        return new Message.Done();
    }

    private Message roll(String service, Line line) throws IOException, InterruptedException {
        try {
            for (var one : fleet.services(service)) {
                one.handOver();
                line.send(new Message.Note(one.part().name() + " was restarted."));
            }
            return new Message.Done();
        } catch (LocalFailure failed) {
            return new Message.Failed(failed.sentence(), failed.log());
        }
    }

    private List<Row> rows() throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = fleet.all().stream()
                    .map(one -> threads.submit((Callable<Row>) () -> row(one)))
                    .toList();
            var rows = new ArrayList<Row>();
            for (var answer : asked) {
                rows.add(answer.get());
            }
            return rows;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Row row(Supervised one) {
        var process = one.process();
        var health = switch (one.state()) {
            case READY -> one.part().readiness().ready() ? "ok" : "not ready";
            case WAITING, STARTING, RESTARTING, STOPPED -> "-";
        };
        return new Row(
                one.part().name(),
                one.state().name().toLowerCase(Locale.ROOT),
                process.map(ProcessHandle::pid).orElse(null),
                one.part().port(),
                process.map(Memory::used).orElse(0L),
                one.state() == Supervised.State.READY ? one.since().toSeconds() : 0,
                health);
    }
}
