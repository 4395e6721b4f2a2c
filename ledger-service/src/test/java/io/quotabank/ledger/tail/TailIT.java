package io.quotabank.ledger.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class TailIT {

    private static final long GRANTS = 1;

    private record Step(UUID transfer, long debitSeq, long credit, long creditSeq) {}

    private Ledger ledger;
    private Tail tail;
    private final List<Connection> open = new ArrayList<>();

    @BeforeEach
    void start() {
        ledger = Ledger.with(Map.of("quotabank.tail.every", "1h"));
        tail = ledger.bean(Tail.class);
    }

    @AfterEach
    void stop() throws SQLException {
        for (var connection : open) {
            connection.close();
        }
        ledger.close();
    }

    /** The later entry has the lower number, in the same window. */
    @Test
    void aTransactionThatWasNumberedFirstAndPostedLaterComesLaterInItsWindow() throws SQLException {
        var stuck = begun();
        var late = begun();
        var early = begun();
        assertThat(number(late)).isLessThan(number(early));
        post(early, 1);
        early.commit();
        post(late, 2);
        late.commit();
        tail.cut();
        assertThat(read(tail.newest()).stream().map(Step::creditSeq).toList()).contains(1L, 2L);
        assertThat(sequence(tail.newest(), GRANTS)).containsExactly(1L, 2L);
        stuck.rollback();
    }

    /** A bound on numbers would publish the second entry, or neither, as long as the third transaction runs. */
    @Test
    void whatEndedIsReadThoughAnEarlierTransactionRuns() throws SQLException {
        var late = begun();
        var stuck = begun();
        var early = begun();
        post(early, 1);
        early.commit();
        assertThat(tail.cut()).isTrue();
        assertThat(sequence(tail.newest(), GRANTS)).containsExactly(1L);
        assertThat(tail.cut()).as("nothing new").isFalse();

        post(late, 2);
        late.commit();
        assertThat(tail.cut()).isTrue();
        assertThat(sequence(tail.newest(), GRANTS)).containsExactly(2L);

        post(stuck, 3);
        stuck.commit();
        assertThat(tail.cut()).isTrue();
        assertThat(sequence(tail.newest(), GRANTS)).containsExactly(3L);
        assertThat(all()).hasSize(3);
    }

    @Test
    void rowsWithoutANumberAreTheFirstWindow() throws SQLException {
        var old = begun();
        post(old, 1);
        old.commit();
        ledger.asOwner("UPDATE transfer SET xact = NULL");
        assertThat(sequence(0, GRANTS)).containsExactly(1L);
        assertThat(tail.cut()).isFalse();
    }

    /** More than are given at a time, and as many as fill the last time exactly. */
    @ParameterizedTest
    @ValueSource(ints = {4_000, 4_001})
    void allOfALargeWindowIsReadOnceAndInOrder(int rows) {
        ledger.asOwner("INSERT INTO transfer"
                + " (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)"
                + " SELECT overlay(uuid_floor(now())::text PLACING lpad(n::text, 12, '0') FROM 25)::uuid, 1, 2, 1, n, n, n, n,"
                + " 'bonus' FROM generate_series(1, " + rows + ") AS n");
        assertThat(tail.cut()).isTrue();
        assertThat(read(tail.newest()).stream().map(Step::debitSeq))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, rows).boxed().toList());
    }

    @Test
    void aWindowIsReadWithoutParallelWorkers() throws SQLException {
        var one = begun();
        post(one, 1);
        one.commit();
        tail.cut();
        var found = new ArrayList<String>();
        new TransactionTemplate(ledger.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> tail.read(
                        tail.window(tail.newest()).orElseThrow(),
                        "SELECT current_setting('max_parallel_workers_per_gather') FROM transfer x WHERE %s",
                        Duration.ofMinutes(1),
                        (row, index) -> row.getString(1),
                        found::addAll));
        assertThat(found).isNotEmpty().containsOnly("0");
    }

    @Test
    void aDatabaseThatCountsAnewIsToldOfAndNotPassedOver() {
        ledger.asOwner("INSERT INTO transfer_cut (number, before, running) VALUES (1, 1000000000000, '{}')");
        assertThatThrownBy(() -> tail.cut()).hasMessageContaining("counts transactions anew");
    }

    @Test
    void eachIsInOneWindowAndNoEntryComesBeforeAnEarlierOneOfItsAccount() throws Exception {
        var accounts = ledger.bean(Accounts.class);
        var people = new ArrayList<AccountCode>();
        for (int i = 0; i < 6; i++) {
            people.add(AccountCode.user(UUID.randomUUID()));
        }
        accounts.open(people);
        var going = new AtomicBoolean(true);
        try (var threads = Executors.newFixedThreadPool(9)) {
            var posting = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 8; i++) {
                posting.add(threads.submit(poster(people)));
            }
            var cutting = threads.submit(() -> {
                while (going.get()) {
                    tail.cut();
                }
            });
            for (var poster : posting) {
                assertThat(poster.get()).isEqualTo(100);
            }
            going.set(false);
            cutting.get();
        }
        tail.cut();
        assertThat(tail.newest()).isGreaterThan(3);

        var last = new HashMap<Long, Long>();
        var seen = new HashSet<UUID>();
        for (long cut = 0; cut <= tail.newest(); cut++) {
            var steps = read(cut);
            steps.forEach(step -> assertThat(seen.add(step.transfer())).isTrue());
            for (var account : accountsOf(steps)) {
                for (long seq : sequence(steps, account)) {
                    assertThat(seq).isEqualTo(last.getOrDefault(account, 0L) + 1);
                    last.put(account, seq);
                }
            }
        }
        assertThat(seen).hasSize((int) ledger.number("SELECT count(*) FROM transfer"));
    }

    private Callable<Integer> poster(List<AccountCode> people) {
        var transfers = ledger.bean(Transfers.class);
        var accounts = ledger.bean(Accounts.class);
        return () -> {
            for (int i = 0; i < 100; i++) {
                var random = ThreadLocalRandom.current();
                var to = people.get(random.nextInt(people.size()));
                transfers.inTransaction(() -> {
                    if (random.nextBoolean()) {
                        // Has its number long before it has any lock.
                        ledger.number("SELECT pg_current_xact_id()::text::bigint FROM pg_sleep(0.002)");
                    }
                    var touched = accounts.open(List.of(AccountCode.GRANTS, to));
                    var books = transfers.lock(touched.values());
                    books.transfer(
                            TestUsage.IDS.next(),
                            touched.get(AccountCode.GRANTS),
                            touched.get(to),
                            new Credits(5),
                            TransferType.BONUS,
                            null);
                    transfers.post(books);
                    return true;
                });
            }
            return 100;
        };
    }

    /** A transaction of the service's that has a number. */
    private Connection begun() throws SQLException {
        var connection = ledger.database().connect(ledger.database().service());
        open.add(connection);
        connection.setAutoCommit(false);
        number(connection);
        return connection;
    }

    private static long number(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** An entry of the account of grants, as if its lock were held. */
    private static void post(Connection connection, long seq) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT INTO transfer"
                + " (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)"
                + " VALUES (?, ?, ?, 1, ?, ?, ?, ?, 'bonus')")) {
            statement.setObject(1, TestUsage.IDS.next());
            statement.setLong(2, GRANTS);
            statement.setLong(3, GRANTS + 1);
            statement.setLong(4, seq);
            statement.setLong(5, seq);
            statement.setLong(6, seq);
            statement.setLong(7, seq);
            statement.execute();
        }
    }

    private List<Step> all() {
        var all = new ArrayList<Step>();
        for (long cut = 0; cut <= tail.newest(); cut++) {
            all.addAll(read(cut));
        }
        return all;
    }

    private List<Step> read(long cut) {
        var steps = new ArrayList<Step>();
        new TransactionTemplate(ledger.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> tail.read(
                        tail.window(cut).orElseThrow(),
                        "SELECT x.id, x.debit_seq, x.credit, x.credit_seq FROM transfer x WHERE %s ORDER BY x.id",
                        Duration.ofSeconds(20),
                        (row, index) ->
                                new Step(row.getObject(1, UUID.class), row.getLong(2), row.getLong(3), row.getLong(4)),
                        steps::addAll));
        return steps;
    }

    private List<Long> sequence(long cut, long account) {
        return sequence(read(cut), account);
    }

    private static List<Long> sequence(List<Step> steps, long account) {
        return steps.stream()
                .map(step -> account == GRANTS ? step.debitSeq() : step.credit() == account ? step.creditSeq() : -1)
                .filter(seq -> seq > 0)
                .sorted()
                .toList();
    }

    private static List<Long> accountsOf(List<Step> steps) {
        var accounts = new HashSet<>(Map.of(GRANTS, true).keySet());
        steps.forEach(step -> accounts.add(step.credit()));
        return List.copyOf(accounts);
    }
}
