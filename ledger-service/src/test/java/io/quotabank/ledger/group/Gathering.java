package io.quotabank.ledger.group;

import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets requests share a transaction: each of those that may be under way at once waits for a row that somebody else has
 * locked, until all that come meanwhile have gathered.
 */
public final class Gathering {

    private static final Duration OFTEN = Duration.ofMillis(2);

    private static final String LOCK = "SELECT FROM account WHERE code = ANY(string_to_array('%s', ',')) FOR UPDATE";

    private static final String WAITING =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    private static final String TRANSACTIONS =
            "SELECT count(DISTINCT xmin::text) FROM account WHERE code = ANY(string_to_array(?, ','))";

    private Gathering() {}

    /**
     * What these requests get that go together, in this order.
     *
     * @param first makes ready for one like them of somebody who signed up, and gives it
     */
    public static <T> List<T> together(
            Ledger ledger,
            GroupCommit<?, ?> group,
            Function<UUID, Runnable> first,
            List<? extends Callable<T>> requests) {
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var people = Stream.generate(UUID::randomUUID)
                    .limit(GroupCommit.MOST_AT_ONCE)
                    .toList();
            people.forEach(person -> People.signUp(ledger, person));
            var firsts = people.stream().map(first).toList();
            owner.setAutoCommit(false);
            statement.execute(LOCK.formatted(codes(people)));
            var underWay = new ArrayList<Future<?>>();
            for (var each : firsts) {
                underWay.add(threads.submit(each));
                until(() -> (int) ledger.number(WAITING), waiting -> waiting == underWay.size());
            }
            var answers = new ArrayList<Future<T>>();
            for (var request : requests) {
                answers.add(threads.submit(request));
                until(group::waiting, waiting -> waiting == answers.size());
            }
            owner.rollback();
            for (var each : underWay) {
                each.get();
            }
            var got = new ArrayList<T>();
            for (var answer : answers) {
                got.add(answer.get());
            }
            return got;
        } catch (SQLException | ExecutionException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** How many transactions have written the accounts of these people last. */
    public static long transactions(Ledger ledger, Collection<UUID> people) {
        return ledger.number(TRANSACTIONS, codes(people));
    }

    private static String codes(Collection<UUID> people) {
        return people.stream().map(person -> "user:" + person).collect(Collectors.joining(","));
    }

    private static void until(IntSupplier value, IntPredicate reached) {
        await().atMost(Duration.ofSeconds(30)).pollInterval(OFTEN).until(() -> reached.test(value.getAsInt()));
    }
}
