package io.quotabank.ledger.consumption;

import static io.quotabank.ledger.Applications.admin;
import static io.quotabank.ledger.Applications.key;
import static io.quotabank.ledger.Applications.scripts;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same consumption again: in order, at once, with another body, and after a crash. */
class ConsumptionKeysIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);
    private static final String SCRIPT = "\"action\":\"script\"";
    private static final String VIDEO = "\"action\":\"video\"";

    private final UUID user = UUID.randomUUID();
    private final String key = "key-" + user;

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void aKeyConsumesOnceAndAnotherBodyIsRefused() {
        var first = APPLICATIONS.consume(videos(), user, SCRIPT, key(key));
        APPLICATIONS.consume(videos(), user, SCRIPT);
        assertThat(APPLICATIONS.consume(videos(), user, SCRIPT, key(key)).body())
                .isEqualTo(first.body());
        for (var other : List.of(
                VIDEO,
                SCRIPT + ",\"description\":\"x\"",
                SCRIPT + ",\"amount\":10",
                SCRIPT + ",\"order_id\":\"" + user + "\"")) {
            assertThat(told(APPLICATIONS.consume(videos(), user, other, key(key))))
                    .as(other)
                    .isEqualTo("422 idempotency_key_reused");
        }
        assertThat(told(APPLICATIONS.consume(videos(), UUID.randomUUID(), SCRIPT, key(key))))
                .as("another person's")
                .isEqualTo("422 idempotency_key_reused");
        assertThat(told(APPLICATIONS.consume(scripts(), user, VIDEO, key(key))))
                .as("another application's key")
                .isEqualTo("200");
        assertThat(posted()).isEqualTo(450_000_000);
    }

    @Test
    void anOrderIsAKeyToo() {
        var order = SCRIPT + ",\"order_id\":\"" + key + "\"";
        var first = APPLICATIONS.consume(videos(), user, order);
        assertThat(APPLICATIONS.consume(videos(), user, order).body()).isEqualTo(first.body());
        assertThat(APPLICATIONS
                        .consume(videos(), user, order, "Idempotency-Key", key)
                        .body())
                .as("with a key besides")
                .isEqualTo(first.body());
        assertThat(told(APPLICATIONS.consume(videos(), user, order.replace("script", "video"))))
                .isEqualTo("422 idempotency_key_reused");
        var both = order.replace(key, "2" + key);
        var second = APPLICATIONS.consume(videos(), user, both, "Idempotency-Key", "2" + key);
        assertThat(APPLICATIONS.consume(videos(), user, both).body()).isEqualTo(second.body());
        assertThat(told(APPLICATIONS.consume(videos(), user, VIDEO, "Idempotency-Key", "2" + key)))
                .isEqualTo("422 idempotency_key_reused");
        assertThat(posted()).isEqualTo(500_000_000);
    }

    @Test
    void anOrderThatIsMisspeltIsRefusedAndChargesNothing() {
        var misspelt = VIDEO + ",\"orderId\":\"" + key + "\"";
        var english = APPLICATIONS.consume(videos(), user, misspelt, "Accept-Language", "en");
        assertThat(told(english)).isEqualTo("400 malformed_request");
        assertThat(english.body().path("detail").asString())
                .isEqualTo("there is no member orderId; there are action, amount, description, order_id, user_id");
        assertThat(APPLICATIONS
                        .consume(videos(), user, misspelt)
                        .body()
                        .path("detail")
                        .asString())
                .isEqualTo("没有成员 orderId，可用成员：action, amount, description, order_id, user_id");
        assertThat(posted()).isEqualTo(520_000_000);
    }

    @Test
    void aReplayGetsTheFirstAnswerWhateverThePriceIsNow() {
        var action = "a" + user.toString().replace('-', '_');
        var body = "\"action\":\"" + action + "\"";
        price(action, 3);
        var first = APPLICATIONS.consume(videos(), user, body, key(key));
        price(action, 4);
        assertThat(APPLICATIONS.consume(videos(), user, body, key(key)).body()).isEqualTo(first.body());
        assertThat(posted()).isEqualTo(517_000_000);
    }

    @Test
    void ofTheSameAtOnceOneConsumesAndTheOthersHearSoOrThatItIsInFlight() throws Exception {
        var answers = atOnce(20, i -> APPLICATIONS.consume(videos(), user, SCRIPT, key(key)));
        assertThat(answers).extracting(Applications::told).contains("200").isSubsetOf("200", "409 request_in_flight");
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 200)
                .extracting(Response::body)
                .containsOnly(
                        APPLICATIONS.consume(videos(), user, SCRIPT, key(key)).body());
        assertThat(posted()).isEqualTo(510_000_000);
    }

    @Test
    void ofDifferentBodiesAtOnceOneConsumes() throws Exception {
        var people = IntStream.range(0, 16).mapToObj(i -> UUID.randomUUID()).toList();
        var answers = atOnce(16, i -> APPLICATIONS.consume(videos(), people.get(i), SCRIPT, key(key)));
        assertThat(answers)
                .extracting(Applications::told)
                .containsOnlyOnce("200")
                .isSubsetOf("200", "409 request_in_flight", "422 idempotency_key_reused");
        assertThat(people.stream().mapToLong(new People(LEDGER)::posted).sum())
                .isEqualTo(16 * 520_000_000L - 10_000_000);
    }

    @Test
    void whileTheFirstIsAtWorkTheSecondHearsSo() throws Exception {
        new People(LEDGER).lease(user, 1, 1);
        try (var owner = locked();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> APPLICATIONS.consume(videos(), user, SCRIPT, key(key)));
            await().until(() -> waiting() == 1);
            assertThat(told(APPLICATIONS.consume(videos(), user, SCRIPT, key(key))))
                    .isEqualTo("409 request_in_flight");
            assertThat(told(APPLICATIONS.consume(videos(), UUID.randomUUID(), VIDEO, key(key))))
                    .isEqualTo("409 request_in_flight");
            owner.rollback();
            assertThat(told(first.get())).isEqualTo("200");
            assertThat(APPLICATIONS.consume(videos(), user, SCRIPT, key(key)).body())
                    .isEqualTo(first.get().body());
        }
        assertThat(posted()).isEqualTo(510_000_000);
    }

    @Test
    void aConnectionThatDiesInTheMiddleLeavesNothingAndTheSameAgainConsumesOnce() throws Exception {
        new People(LEDGER).lease(user, 1, 1);
        try (var owner = locked();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> APPLICATIONS.consume(videos(), user, SCRIPT, key(key)));
            await().until(() -> waiting() == 1);
            LEDGER.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE " + WAITING);
            assertThat(told(first.get())).isEqualTo("503 service_unavailable");
            owner.rollback();
        }
        assertThat(LEDGER.number("SELECT count(*) FROM idempotency_key WHERE key = ?", key))
                .isZero();
        assertThat(posted()).isEqualTo(520_000_000);
        var again = APPLICATIONS.consume(videos(), user, SCRIPT, key(key));
        assertThat(told(again)).isEqualTo("200");
        assertThat(APPLICATIONS.consume(videos(), user, SCRIPT, key(key)).body())
                .isEqualTo(again.body());
        assertThat(posted()).isEqualTo(510_000_000);
    }

    private static final String WAITING = "datname = current_database() AND wait_event_type = 'Lock'";

    private static long waiting() {
        return LEDGER.number("SELECT count(*) FROM pg_stat_activity WHERE " + WAITING);
    }

    /** Has the person's row until it rolls back. */
    private Connection locked() throws Exception {
        var owner = LEDGER.database().connect(LEDGER.database().owner());
        owner.setAutoCommit(false);
        try (var statement = owner.createStatement()) {
            statement.execute("SELECT FROM account WHERE code = 'user:" + user + "' FOR UPDATE");
        }
        return owner;
    }

    private static List<Response> atOnce(int calls, IntFunction<Response> call) throws Exception {
        var answers = new ArrayList<Response>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = IntStream.range(0, calls)
                    .<Callable<Response>>mapToObj(i -> () -> call.apply(i))
                    .toList();
            for (var answer : threads.invokeAll(tasks)) {
                answers.add(answer.get());
            }
        }
        return answers;
    }

    private static void price(String action, int credits) {
        LEDGER.call("PUT", "/api/credits/actions/" + action, admin(), "{\"amount\":" + credits + "}");
    }

    private long posted() {
        return new People(LEDGER).posted(user);
    }
}
