package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.machine.Step.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks processes, as a move says; and remembers what was asked. */
final class Asking {

    /** How something is asked again, and how something else is asked in its name. */
    private record Asked(Consumer<Ledger> again, Consumer<Ledger> otherBody) {}

    private final List<Asked> asked = new ArrayList<>();
    private Move move = new Move(new Step.Sweep(), 0, Crash.NEVER, 0);

    void next(Move now) {
        move = now;
    }

    Ledger process() {
        return Machine.process(move.process());
    }

    /** Asked of the process that may crash meanwhile; then of the other one, as somebody does who got no answer. */
    Told ask(Function<Ledger, Told> request) {
        move.crash().plant(move.commits());
        var told = request.apply(process());
        boolean crashed = !Crash.dug() && move.crash() != Crash.NEVER;
        return crashed && told.fault() ? request.apply(Machine.process(move.process() + 1)) : told;
    }

    /** Under a key: once it is done, the same again gets the first answer, and anything else is refused. */
    Told keyed(Function<String, Function<Ledger, Told>> request, Function<String, Function<Ledger, Told>> other) {
        var key = UUID.randomUUID().toString();
        var told = ask(request.apply(key));
        if (told.ok()) {
            remember(
                    process -> assertThat(request.apply(key).apply(process)).isEqualTo(told),
                    process ->
                            assertThat(other.apply(key).apply(process).code()).isEqualTo("idempotency_key_reused"));
        }
        return told;
    }

    void remember(Consumer<Ledger> again, Consumer<Ledger> otherBody) {
        asked.add(new Asked(again, otherBody));
    }

    void again(int earlier) {
        if (!asked.isEmpty()) {
            asked.get(earlier % asked.size()).again().accept(process());
        }
    }

    void otherBody(int earlier) {
        if (!asked.isEmpty()) {
            asked.get(earlier % asked.size()).otherBody().accept(process());
        }
    }

    /** Of the other process, which crashes nowhere. */
    void everythingAgain() {
        asked.forEach(before -> before.again().accept(Machine.process(move.process() + 1)));
    }
}
