package io.quotabank.ledger.group;

import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Lets requests share a transaction: as many groups as may be at once are under way, until all have come. */
public final class Gathering {

    private static final String TRANSACTIONS =
            "SELECT count(DISTINCT xmin::text) FROM account WHERE code = ANY(string_to_array(?, ','))";

    private Gathering() {}

    /** What these requests get that go together, in this order. */
    public static <T> List<T> together(GroupCommit<?, ?> group, List<? extends Callable<T>> requests) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < GroupCommit.MOST_AT_ONCE; i++) {
                group.start();
            }
            var answers = new ArrayList<Future<T>>();
            for (var request : requests) {
                answers.add(threads.submit(request));
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> group.waiting() == answers.size());
            }
            for (int i = 0; i < GroupCommit.MOST_AT_ONCE; i++) {
                group.leave(List.of());
            }
            var got = new ArrayList<T>();
            for (var answer : answers) {
                got.add(answer.get());
            }
            return got;
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** How many transactions have written the accounts of these people last. */
    public static long transactions(Ledger ledger, Collection<UUID> people) {
        return ledger.number(
                TRANSACTIONS, people.stream().map(person -> "user:" + person).collect(Collectors.joining(",")));
    }
}
