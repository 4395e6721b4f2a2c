package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.machine.Step.Move;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Everything that can be asked of the ledger, in any order, with processes that crash in the middle, beside a model in
 * memory; and from many threads. After each run the books must be right in themselves. Long runs have more plays by the
 * system property {@code quotabank.machine.plays}.
 */
class LedgerMachineProperties {

    private static final int MOST_PLAYS = 100_000;
    private static final int PLAYS = Math.min(MOST_PLAYS, Integer.getInteger("quotabank.machine.plays", 30));
    private static final Replays REPLAYS = new Replays();

    @Provide
    Arbitrary<List<List<Move>>> plays() {
        return Step.plays().list().ofSize(PLAYS);
    }

    @Provide
    Arbitrary<List<Long>> costs() {
        return Arbitraries.longs()
                .between(1, Twins.most(40))
                .list()
                .ofMinSize(3)
                .ofMaxSize(40);
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF)
    void aStepAtATimeTheServiceIsAsTheModelSays(@ForAll("plays") List<List<Move>> plays) {
        for (var moves : plays) {
            var run = new Run();
            play(run, moves);
            end(run);
            run.goBack();
        }
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF)
    void aProcessThatEndsBetweenStepsIsMissedByNobody(@ForAll("plays") List<List<Move>> plays) {
        var moves = plays.getFirst();
        int half = moves.size() / 2;
        var run = new Run();
        play(run, moves.subList(0, half));
        run.settleDue();
        Machine.restart(1);
        play(run, moves.subList(half, moves.size()));
        end(run);
        run.goBack();
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF)
    void whateverManyThreadsDoAtOnceWhatIsConfirmedHappenedOnce(@ForAll Random random) throws Exception {
        for (int i = 0; i < Math.max(1, PLAYS / 5); i++) {
            var crowd = new Crowd();
            crowd.play(random.nextInt(2, 17), random);
            crowd.end();
            crowd.compare(Machine.process(0));
            theBooksAreRight(crowd.people);
        }
    }

    /** 13. */
    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void shuffledRepeatedAndSplitBatchesEndInEqualBalances(@ForAll("costs") List<Long> costs, @ForAll Random random) {
        Twins.compare(costs, random);
    }

    private static void play(Run run, List<Move> moves) {
        for (int i = 0; i < moves.size(); i++) {
            try {
                run.take(moves.get(i));
                Standing.compare(Machine.process(0), run.model);
            } catch (AssertionError differs) {
                throw new AssertionError("at " + moves.get(i) + ", number " + i + " of " + moves, differs);
            }
        }
    }

    private static void end(Run run) {
        var process = Machine.process(0);
        run.end();
        Standing.compare(process, run.model);
        Standing.compareLots(process, run.model, run.owner);
        theBooksAreRight(run.people());
    }

    private static void theBooksAreRight(List<UUID> people) {
        Ledger process = Machine.process(0);
        new Invariants(process).all();
        REPLAYS.all(process, people);
        assertThat(process.differences()).isEmpty();
    }
}
