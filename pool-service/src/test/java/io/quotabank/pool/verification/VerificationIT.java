package io.quotabank.pool.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.verification.KeyVerification;
import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Verifier;
import io.quotabank.pool.Verifier.Truth;
import io.quotabank.pool.verification.VerificationStore.Claim;
import io.quotabank.pool.verification.Verifications.Purpose;
import io.quotabank.pool.verification.Verifications.Status;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@PoolTest
class VerificationIT {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private VerificationStore store;

    @Autowired
    private VerificationEnd end;

    @Autowired
    private Verifications verifications;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private Clock clock;

    @Test
    void isTakenOverFromAWorkerThatDied() {
        var key = new Depositor(new Person(port)).key(null);
        var id = UUID.randomUUID();

        // As a worker leaves it that was killed in the middle of a call: claimed, and the claim has lapsed.
        jdbc.sql("INSERT INTO verification (id, key_id, purpose, status, due_at, created_at, claim, claimed_until)"
                        + " VALUES (:id, :key, 'daily', 'waiting', now(), now(), gen_random_uuid(),"
                        + " now() + interval '300 ms')")
                .param("id", id)
                .param("key", key)
                .update();

        await().until(() -> verifications.progress(id).orElseThrow().status() == Status.PASSED);
    }

    @Test
    void takesNoWordFromAWorkerWhoseClaimHasLapsed() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);
        var id = UUID.randomUUID();
        jdbc.sql("INSERT INTO verification (id, key_id, purpose, status, due_at, created_at, claim, claimed_until)"
                        + " VALUES (:id, :key, 'daily', 'waiting', now(), now(), gen_random_uuid(),"
                        + " now() + interval '1 hour')")
                .param("id", id)
                .param("key", key)
                .update();
        var frozen = new Claim(id, UUID.randomUUID(), key, Purpose.DAILY, 0, List.of(), null);

        end.fail(frozen, new KeyVerification.Check("authentication", KeyVerification.Result.FAILED, "late"));

        assertThat(verifications.progress(id).orElseThrow().status()).isEqualTo(Status.WAITING);
        assertThat(state(ann, key)).isEqualTo("active");
        jdbc.sql("UPDATE verification SET claimed_until = now() WHERE id = :id")
                .param("id", id)
                .update();
    }

    @Test
    void isTakenByOneOfManyInstances() throws Exception {
        var key = new Depositor(new Person(port)).key(null);
        var id = UUID.randomUUID();
        // In the far past of a clock that only these workers have, so that the running job leaves it alone.
        var due = clock.instant().plus(Duration.ofDays(1));
        jdbc.sql("INSERT INTO verification (id, key_id, purpose, status, due_at, created_at)"
                        + " VALUES (:id, :key, 'daily', 'waiting', :due, now())")
                .param("id", id)
                .param("key", key)
                .param("due", Timestamp.from(due))
                .update();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tries = IntStream.range(0, 20)
                    .<Callable<Optional<Claim>>>mapToObj(
                            i -> () -> store.claim(UUID.randomUUID(), due.plusSeconds(1), due.plusSeconds(60)))
                    .toList();
            assertThat(threads.invokeAll(tries))
                    .filteredOn(answer -> answer.resultNow()
                            .filter(claim -> claim.id().equals(id))
                            .isPresent())
                    .hasSize(1);
        }
        jdbc.sql("DELETE FROM verification WHERE id = :id").param("id", id).update();
    }

    @Test
    void goesOnWithTheModelsThatAKeyInUseStillServes() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var key = new Depositor(ann).key(secret, null);
        Depositor.say(secret, Truth.GOOD.serving("gpt-4o"));

        again(key, Purpose.DAILY);

        await().until(() -> state(ann, key).equals("invalid"));
        assertThat(ann.get("/api/pool/keys/" + key + "/audit")
                        .body()
                        .path("audit")
                        .path(0)
                        .path("reason")
                        .asString())
                .startsWith("model:gpt-4o-mini");
    }

    @Test
    void leavesAKeyInUseAloneWhenItsProviderIsSilent() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var key = new Depositor(ann).key(secret, null);
        Depositor.say(secret, Truth.GOOD.unreachable());

        var id = again(key, Purpose.DAILY);

        await().until(() -> verifications.progress(id).orElseThrow().status() == Status.UNREACHABLE);
        assertThat(state(ann, key)).isEqualTo("active");
    }

    @Test
    void believesTheBalanceThatIsToldLater() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var key = new Depositor(ann).key(secret, "50");
        Depositor.say(secret, Truth.GOOD.telling("4"));

        again(key, Purpose.DAILY);

        await().until(() -> state(ann, key).equals("low"));
    }

    @Test
    void looksAtEveryKeyInUseOnceADay() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);
        jdbc.sql("UPDATE verification SET created_at = now() - interval '25 hours' WHERE key_id = :key")
                .param("key", key)
                .update();

        var now = clock.instant();
        store.daily(now, now.minus(Duration.ofHours(24)));
        store.daily(now, now.minus(Duration.ofHours(24)));

        await().untilAsserted(() -> assertThat(
                        jdbc.sql("SELECT status FROM verification" + " WHERE key_id = :key AND purpose = 'daily'")
                                .param("key", key)
                                .query(String.class)
                                .list())
                .containsExactly("passed"));
    }

    @Test
    void asksForTheModelsOneByOne() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);

        assertThat(Verifier.get().requests())
                .filteredOn(request -> request.keyId().equals(key))
                .allSatisfy(request -> assertThat(request.models()).hasSize(1));
    }

    private UUID again(UUID key, Purpose purpose) {
        return transactions.execute(status -> verifications.request(key, purpose));
    }

    private static String state(Person person, UUID key) {
        return person.get("/api/pool/keys/" + key).body().path("state").asString();
    }
}
