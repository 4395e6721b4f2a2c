package io.quotabank.pool.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Records;
import io.quotabank.pool.Verifier;
import io.quotabank.pool.Verifier.Truth;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

@PoolTest
class KeyIT {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Retelling retelling;

    @Test
    void tellsRoutersOfEachChangeWithARisingVersion() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var id = new Depositor(ann).key(secret, "50");

        change(ann, id, "pause");
        change(ann, id, "resume");
        change(ann, id, "withdraw");

        var records = await().until(() -> told(id), list -> last(list).state() == State.WITHDRAWN);
        assertThat(records.stream().map(PoolKeyRecord::version).distinct().count())
                .isGreaterThanOrEqualTo(4);
        assertThat(records).extracting(PoolKeyRecord::state).contains(State.ACTIVE, State.PAUSED, State.WITHDRAWN);
        var active =
                records.stream().filter(PoolKeyRecord::routable).findFirst().orElseThrow();
        assertThat(Verifier.get().open(active.sealedSecret(), id + "|" + ann.id()))
                .isEqualTo(secret);
        assertThat(active.ownerBasisPoints()).isEqualTo(9_500);
        assertThat(last(records).sealedSecret()).isEmpty();
    }

    @Test
    void leavesNoSecretOfAWithdrawnKeyAnywhereInTheDatabase() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);
        var sealed = jdbc.sql("SELECT sealed FROM key_secret WHERE key_id = :id")
                .param("id", id)
                .query(String.class)
                .single();

        change(ann, id, "withdraw");

        await().untilAsserted(
                        () -> assertThat(jdbc.sql("SELECT (SELECT count(*) FROM key_secret WHERE sealed = :sealed)"
                                                + " + (SELECT count(*) FROM event_publication"
                                                + " WHERE serialized_event LIKE '%' || :sealed || '%')")
                                        .param("sealed", sealed)
                                        .query(Integer.class)
                                        .single())
                                .isZero());
    }

    @Test
    void writesOneAuditRecordForEachChangeWithActorAndReason() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);

        ann.post(path(id) + "/pause", "{\"reason\": \"spending too fast\"}");
        change(ann, id, "pause");
        change(ann, id, "resume");

        var audit = ann.get(path(id) + "/audit").body().path("audit");
        assertThat(audit.findValuesAsString("action")).containsExactly("resumed", "paused", "verified", "deposited");
        assertThat(audit.path(1).path("reason").asString()).isEqualTo("spending too fast");
        assertThat(audit.path(1).path("actor").asString()).isEqualTo(ann.id().toString());
        assertThat(audit.path(1).path("from").asString()).isEqualTo("active");
        assertThat(audit.path(1).path("to").asString()).isEqualTo("paused");
        assertThat(audit.path(2).path("actor").asString()).isEqualTo("service:pool-service");
    }

    @Test
    void keepsAWithdrawnKeyWithdrawn() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);
        change(ann, id, "withdraw");

        assertThat(ann.post(path(id) + "/withdraw", "{}").status()).isEqualTo(200);
        assertThat(ann.post(path(id) + "/resume", "{}").code()).isEqualTo("key_state_conflict");
        assertThat(ann.patch(path(id), "{\"limits\": {\"concurrent\": 2}}").status())
                .isEqualTo(409);
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> jdbc.sql(
                                "UPDATE pool_key SET state = 'active', version = version + 1" + " WHERE id = :id")
                        .param("id", id)
                        .update());
    }

    @Test
    void changesLimitsByMergePatch() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);

        ann.patch(path(id), "{\"limits\": {\"requestsPerMinute\": 60, \"dailySpend\": 12.5}}");
        var limits = ann.patch(path(id), "{\"limits\": {\"requestsPerMinute\": null, \"concurrent\": 4}}")
                .body()
                .path("limits");

        assertThat(limits.path("requestsPerMinute").isMissingNode()).isTrue();
        assertThat(limits.path("concurrent").asInt()).isEqualTo(4);
        assertThat(limits.path("dailySpend").decimalValue()).isEqualByComparingTo("12.5");
        var record = await().until(() -> last(told(id)), last -> last.limits().concurrent() != null);
        assertThat(record.limits().dailySpend().micro()).isEqualTo(12_500_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"limits\": {\"concurrent\": 0}}",
                "{\"limits\": {\"concurrent\": 1.5}}",
                "{\"limits\": {\"concurrent\": \"4\"}}",
                "{\"limits\": {\"concurrent\": 99999999999}}",
                "{\"limits\": {\"dailySpend\": -1}}",
                "{\"limits\": {\"dailySpend\": 0.0000001}}",
                "{\"limits\": {\"dailySpend\": 1e400}}",
                "{\"limits\": {\"models\": 1}}",
                "{\"state\": \"active\"}",
                "{\"limits\": []}",
                "[]",
                "null",
                ""
            })
    void refusesLimitsThatAreNone(String body) {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);

        assertThat(ann.patch(path(id), body).status()).isEqualTo(400);
    }

    @Test
    void provesAnInvalidKeyAgainWhenItsOwnerResumesIt() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var id = new Depositor(ann).key(secret, null);
        Depositor.say(secret, Truth.GOOD.refused());
        change(ann, id, "pause");
        jdbc.sql("INSERT INTO verification (id, key_id, purpose, status, due_at, created_at)"
                        + " VALUES (gen_random_uuid(), :key, 'daily', 'waiting', now(), now())")
                .param("key", id)
                .update();
        await().until(() -> state(ann, id).equals("invalid"));

        Depositor.say(secret, Truth.GOOD);
        change(ann, id, "resume");

        await().until(() -> state(ann, id).equals("active"));
    }

    @Test
    void takesOneOfManyChangesAtOnceAfterTheOther() throws Exception {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tries = IntStream.range(0, 20)
                    .<Callable<Integer>>mapToObj(i ->
                            () -> ann.post(path(id) + (i % 2 == 0 ? "/pause" : "/resume"), "{}")
                                    .status())
                    .toList();
            assertThat(threads.invokeAll(tries))
                    .allSatisfy(answer -> assertThat(answer.resultNow()).isEqualTo(200));
        }

        var versions =
                ann.get(path(id) + "/audit?limit=100").body().path("audit").findValuesAsString("version").stream()
                        .map(Long::valueOf)
                        .toList();
        assertThat(versions).doesNotHaveDuplicates().isSortedAccordingTo(Comparator.reverseOrder());
        await().untilAsserted(() -> assertThat(last(told(id)).version()).isEqualTo(versions.getFirst()));
    }

    @Test
    void hasTheLastWordWhenAnOlderRecordComesLater() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);
        change(ann, id, "withdraw");
        var records = await().until(() -> told(id), list -> last(list).state() == State.WITHDRAWN);
        int before = records.size();

        retelling.tellAgain(List.of(id), List.of(records.getFirst().version()));

        await().until(() -> told(id).size() > before);
        assertThat(last(told(id)).state()).isEqualTo(State.WITHDRAWN);
    }

    @Test
    void endsAKeyWhoseQuotaLapses() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);
        jdbc.sql("UPDATE pool_key SET quota_expires_at = now() - interval '1 s', version = version + 1"
                        + " WHERE id = :id")
                .param("id", id)
                .update();

        retelling.endExpired();

        assertThat(state(ann, id)).isEqualTo("depleted");
    }

    private static void change(Person person, UUID id, String verb) {
        var answer = person.post(path(id) + "/" + verb, null);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    }

    private static String state(Person person, UUID id) {
        return person.get(path(id)).body().path("state").asString();
    }

    private static List<PoolKeyRecord> told(UUID id) {
        return Records.of(PoolKeyRecord.TOPIC, id.toString(), PoolKeyRecord.class);
    }

    /** What a follower ends with: the record with the highest version. */
    private static PoolKeyRecord last(List<PoolKeyRecord> records) {
        assertThat(records).isNotEmpty();
        return records.stream()
                .max(Comparator.comparingLong(PoolKeyRecord::version))
                .orElseThrow();
    }

    private static String path(UUID id) {
        return "/api/pool/keys/" + id;
    }
}
