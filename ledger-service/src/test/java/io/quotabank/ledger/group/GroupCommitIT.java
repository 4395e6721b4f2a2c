package io.quotabank.ledger.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

/** Numbers are written, each with its transaction; zero has no parent, which the database finds out at the commit. */
class GroupCommitIT {

    private static final int MOST = 50;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration NONE = Duration.ZERO;
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Ledger LEDGER = Ledger.shared();

    private final List<List<Integer>> groups = Collections.synchronizedList(new ArrayList<>());
    private volatile int leftOut;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeAll
    static void tables() {
        LEDGER.asOwner(
                "CREATE TABLE grouped_parent (n int PRIMARY KEY)",
                "INSERT INTO grouped_parent SELECT generate_series(1, 1000)",
                "CREATE TABLE grouped (n int PRIMARY KEY REFERENCES grouped_parent DEFERRABLE INITIALLY DEFERRED,"
                        + " xact xid8 NOT NULL DEFAULT pg_current_xact_id())",
                "GRANT SELECT, INSERT ON grouped, grouped_parent TO PUBLIC");
    }

    @AfterAll
    static void noTables() {
        LEDGER.asOwner("DROP TABLE grouped, grouped_parent");
    }

    @AfterEach
    void empty() {
        gate.countDown();
        threads.close();
        LEDGER.asOwner("TRUNCATE grouped");
    }

    @Test
    void thoseThatComeAtOnceShareTransactionsAndEachGetsItsOwnAnswer() throws Exception {
        var together = writing(LONG, numbers -> {});
        var answers = new ArrayList<Future<Integer>>();
        for (int n = 1; n <= 400; n++) {
            answers.add(submit(together, n));
        }
        for (int n = 1; n <= 400; n++) {
            assertThat(answers.get(n - 1).get()).isEqualTo(-n);
        }
        assertThat(written())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 400).boxed().toList());
        assertThat(groups).allMatch(group -> group.size() <= MOST).anyMatch(group -> group.size() > 1);
        assertThat(LEDGER.number("SELECT count(DISTINCT xact) FROM grouped")).isEqualTo(groups.size());
    }

    @Test
    void whoBreaksARuleHarmsNoOther() throws Exception {
        var together = writing(LONG, numbers -> {
            firstWaits(numbers);
            if (numbers.contains(7) || numbers.contains(9)) {
                throw new IllegalArgumentException("not among " + numbers.size());
            }
        });
        var answers = behindAFirst(together, 2, 10);
        for (int n = 2; n <= 10; n++) {
            var answer = answers.get(n - 2);
            if (n == 7 || n == 9) {
                assertThatThrownBy(answer::get).hasRootCauseMessage("not among 1");
            } else {
                assertThat(answer.get()).isEqualTo(-n);
            }
        }
        assertThat(written()).containsExactly(1, 2, 3, 4, 5, 6, 8, 10);
    }

    @Test
    void whoseRowIsLockedForLongHarmsNoOther() throws Exception {
        var together = writing(LONG, this::firstWaits);
        try (var owner = LEDGER.database().connect(LEDGER.database().owner());
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            statement.execute("INSERT INTO grouped (n) VALUES (3)");
            var answers = behindAFirst(together, 2, 5);
            assertThat(answers.get(0).get()).isEqualTo(-2);
            assertThat(answers.get(2).get()).isEqualTo(-4);
            assertThat(answers.get(3).get()).isEqualTo(-5);
            assertThat(answers.get(1)).isNotDone();
            owner.rollback();
            assertThat(answers.get(1).get()).isEqualTo(-3);
        }
        assertThat(written()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void aCommitThatFailsIsNotRepeated() throws Exception {
        var together = writing(LONG, this::firstWaits);
        for (var answer : behindAFirst(together, 0, 5)) {
            assertThatThrownBy(answer::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(DataIntegrityViolationException.class);
        }
        assertThat(groups).as("runs").hasSize(2);
        assertThat(written()).containsExactly(1);
    }

    @Test
    void whoHasWaitedStartsBesideATransactionThatDoesNotEnd() throws Exception {
        var together = writing(SHORT, this::firstWaits);
        var first = submit(together, 1);
        begun.await();
        assertThat(submit(together, 2).get()).isEqualTo(-2);
        assertThat(submit(together, 3).get()).isEqualTo(-3);
        assertThat(first).isNotDone();
        gate.countDown();
        assertThat(first.get()).isEqualTo(-1);
        assertThat(written()).containsExactly(1, 2, 3);
    }

    @Test
    void afterATransactionOfSeveralOthersShareTheNextThoughNoneIsUnderWay() throws Exception {
        var together = writing(LONG, Duration.ofSeconds(2), this::firstWaits);
        for (var answer : behindAFirst(together, 2, 3)) {
            answer.get();
        }
        var paced = IntStream.rangeClosed(4, 9)
                .mapToObj(number -> submit(together, number))
                .toList();
        for (var answer : paced) {
            answer.get();
        }
        assertThat(groups).hasSize(3).element(2, list(Integer.class)).hasSize(6);
        assertThat(together.submit(10)).isEqualTo(-10);
    }

    @Test
    void whatIsPutOffHoldsUpNobodyAndGoesWithALaterOne() throws Exception {
        var together = leavingOut(3);
        var third = submit(together, 3);
        assertThat(submit(together, 2).get()).isEqualTo(-2);
        leftOut = 0;
        assertThat(third.get()).isEqualTo(-3);
        assertThat(written()).containsExactly(2, 3);
    }

    @Test
    void whatWasPutOffForLongHasATransactionOfItsOwn() {
        var together = leavingOut(3);
        assertThat(together.submit(3)).isEqualTo(-3);
        assertThat(groups).hasSizeGreaterThan(2).allMatch(group -> group.equals(List.of(3)));
        assertThat(written()).containsExactly(3);
    }

    @Test
    void workThatForgetsARequestLeavesNothingBehind() {
        var together = new GroupCommit<>(LEDGER.bean(Transfers.class), this::write, MOST, LONG, NONE);
        assertThatThrownBy(() -> together.submit(3)).hasMessage("a request got no answer");
        assertThat(groups).as("runs").hasSize(2);
        assertThat(written()).isEmpty();
    }

    @Test
    void anInterruptedCallerStillHearsWhatBecameOfIt() throws Exception {
        var together = writing(SHORT, this::firstWaits);
        var first = submit(together, 1);
        begun.await();
        var interrupted = threads.submit(() -> {
            Thread.currentThread().interrupt();
            int answer = together.submit(2);
            return Thread.interrupted() ? answer : 0;
        });
        assertThat(interrupted.get()).isEqualTo(-2);
        gate.countDown();
        assertThat(first.get()).isEqualTo(-1);
    }

    /** All of a range, which go together: they come while the transaction of 1 is under way. */
    private List<Future<Integer>> behindAFirst(GroupCommit<Integer, Integer> together, int from, int to)
            throws Exception {
        var first = submit(together, 1);
        begun.await();
        var answers = new ArrayList<Future<Integer>>();
        IntStream.rangeClosed(from, to).filter(n -> n != 1).forEach(n -> answers.add(submit(together, n)));
        await().until(() -> together.waiting() == answers.size());
        gate.countDown();
        first.get();
        return answers;
    }

    /** Leaves one number out of every transaction that may be of several, while it is told to. */
    private GroupCommit<Integer, Integer> leavingOut(int number) {
        leftOut = number;
        Consumer<List<Turn<Integer, Integer>>> work = turns -> {
            groups.add(numbers(turns));
            for (var turn : turns) {
                int n = turn.asked();
                if (n == leftOut && Transfers.isShared()) {
                    turn.putOff();
                } else {
                    LEDGER.jdbc().update("INSERT INTO grouped (n) VALUES (?)", n);
                    turn.answer(-n);
                }
            }
        };
        return new GroupCommit<>(LEDGER.bean(Transfers.class), work, MOST, LONG, NONE);
    }

    private GroupCommit<Integer, Integer> writing(Duration patience, Consumer<List<Integer>> then) {
        return writing(patience, NONE, then);
    }

    private GroupCommit<Integer, Integer> writing(Duration patience, Duration pace, Consumer<List<Integer>> then) {
        Consumer<List<Turn<Integer, Integer>>> work = turns -> {
            write(turns);
            then.accept(numbers(turns));
            turns.forEach(turn -> turn.answer(-turn.asked()));
        };
        return new GroupCommit<>(LEDGER.bean(Transfers.class), work, MOST, patience, pace);
    }

    private void write(List<Turn<Integer, Integer>> turns) {
        var numbers = numbers(turns);
        groups.add(numbers);
        LEDGER.jdbc()
                .update("INSERT INTO grouped (n) SELECT unnest(?::int[])", (Object) numbers.toArray(Integer[]::new));
    }

    private static List<Integer> numbers(List<Turn<Integer, Integer>> turns) {
        return turns.stream().map(Turn::asked).toList();
    }

    private Future<Integer> submit(GroupCommit<Integer, Integer> together, int number) {
        Callable<Integer> call = () -> together.submit(number);
        return threads.submit(call);
    }

    private void firstWaits(List<Integer> numbers) {
        if (numbers.contains(1)) {
            begun.countDown();
            try {
                gate.await();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
    }

    private List<Integer> written() {
        return LEDGER.jdbc().queryForList("SELECT n FROM grouped ORDER BY n", Integer.class);
    }
}
