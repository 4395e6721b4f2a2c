package io.quotabank.pool.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Records;
import io.quotabank.pool.Verifier;
import io.quotabank.pool.Verifier.Truth;
import java.time.Clock;
import java.util.Comparator;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a provider answers in use overrules what we count. */
@PoolTest
class AnswersIT {

    private static final CloudEventRecords EVENTS = new CloudEventRecords("proxy-service", Clock.systemUTC());
    private static final long APART_MS = 20_000;

    @LocalServerPort
    private int port;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private JsonMapper json;

    @Autowired
    private Ids ids;

    private final String secret = Depositor.secret();
    private Person ann;
    private UUID key;
    private long requests;
    private long atMs = 1_700_000_000_000L;

    @BeforeEach
    void deposit() {
        ann = new Person(port);
        key = new Depositor(ann).key(secret, "50");
    }

    @ParameterizedTest
    @ValueSource(ints = {402, 429})
    void depletesAKeyOnWhichItsProviderSaysThatNothingIsLeft(int status) {
        call(Result.KEY_REFUSED, status);

        assertThat(state()).isEqualTo("depleted");
        assertThat(view().path("remaining").decimalValue()).isZero();
        await().until(() -> last().state() == State.DEPLETED);
        assertThat(audit().path("action").asString()).isEqualTo("exhausted");
        assertThat(audit().path("reason").asString()).contains("nothing is left");
    }

    @Test
    void takesADepletedKeyBackWithItsQuotaOnceRealCallsSucceed() {
        call(Result.KEY_REFUSED, 402);
        assertThat(ann.post(path() + "/pause", "{}").status()).isEqualTo(409);

        resume();

        await().until(() -> state().equals("active"));
        assertThat(view().path("remaining").decimalValue()).isEqualByComparingTo("5000");
    }

    @Test
    void leavesADepletedKeyDepletedWhileItsProviderSaysSo() {
        call(Result.KEY_REFUSED, 402);
        Depositor.say(secret, Truth.GOOD.nothingLeft());

        resume();

        await().until(() -> state().equals("depleted"));
    }

    @Test
    void depletesAKeyWhoseVerificationFindsThatNothingIsLeft() {
        Depositor.say(secret, Truth.GOOD.nothingLeft());

        // Told inside a stream of status 200, where only a further call can tell why.
        call(Result.KEY_REFUSED, 200);

        await().until(() -> state().equals("depleted"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void verifiesAKeyAtOnceThatItsProviderRefuses(int status) {
        Depositor.say(secret, Truth.GOOD.refused());

        call(Result.KEY_REFUSED, status);

        await().until(() -> state().equals("invalid"));
        await().until(() -> last().state() == State.INVALID);
    }

    @Test
    void letsARateLimitPass() {
        long before = verifications();
        for (int i = 0; i < 12; i++) {
            call(Result.RATE_LIMITED, 429);
        }

        assertThat(state()).isEqualTo("active");
        assertThat(verifications()).isEqualTo(before);
    }

    @Test
    void verifiesAKeyAfterARunOfFailuresAndNotBefore() {
        Depositor.say(secret, Truth.GOOD.refused());
        call(Result.PROVIDER_ERROR, 500);
        call(Result.CUT, 200);
        call(Result.UNREACHABLE, null);
        call(Result.PROVIDER_ERROR, 503);
        call(Result.SERVED, 200);
        for (int i = 0; i < 4; i++) {
            call(Result.PROVIDER_ERROR, 500);
        }
        assertThat(state()).isEqualTo("active");
        long before = verifications();

        call(Result.UNREACHABLE, null);

        await().until(() -> verifications() > before);
        await().until(() -> state().equals("invalid"));
    }

    @Test
    void leavesAKeyThatFailsOnAndOnToAPersonUntilItsOwnerResumesIt() {
        for (int i = 0; i < 9; i++) {
            call(Result.PROVIDER_ERROR, 500);
        }
        assertThat(state()).isEqualTo("active");

        call(Result.PROVIDER_ERROR, 500);

        assertThat(state()).isEqualTo("flagged");
        assertThat(audit().path("action").asString()).isEqualTo("flagged");
        await().until(() -> last().state() == State.FLAGGED);
        resume();
        await().until(() -> state().equals("active"));
        call(Result.PROVIDER_ERROR, 500);
        assertThat(state()).isEqualTo("active");
    }

    @Test
    void flagsNoKeyForAHostThatIsAway() {
        for (int i = 0; i < 15; i++) {
            call(Result.UNREACHABLE, null);
        }

        assertThat(state()).isEqualTo("active");
    }

    private void resume() {
        assertThat(ann.post(path() + "/resume", "{}").status()).isEqualTo(200);
    }

    /** One call by the key, some time after the one before; returns once it is counted. */
    private void call(Result result, Integer status) {
        atMs += APART_MS;
        var attempt = new Attempt(
                key,
                ann.id(),
                9_500,
                "openai",
                result,
                status,
                TokenUsage.NONE,
                Credits.ZERO,
                Credits.ZERO,
                null,
                100,
                null,
                null);
        send(Usages.closedAt(atMs, ids.next(), attempt));
        requests++;
        await().until(() -> ann.get(path() + "/figures").body().path("requests").asLong() == requests);
    }

    private void send(Closed closed) {
        var user = UUID.nameUUIDFromBytes(new byte[] {1}).toString();
        kafka.send(EVENTS.record(UsageEvent.TOPIC, user, UsageEvent.CLOSED_TYPE, json.writeValueAsBytes(closed)))
                .join();
    }

    private long verifications() {
        return Verifier.get().requests().stream()
                .filter(request -> request.keyId().equals(key))
                .count();
    }

    private JsonNode audit() {
        return ann.get(path() + "/audit").body().path("audit").path(0);
    }

    private String state() {
        return view().path("state").asString();
    }

    private JsonNode view() {
        return ann.get(path()).body();
    }

    private PoolKeyRecord last() {
        return Records.of(PoolKeyRecord.TOPIC, key.toString(), PoolKeyRecord.class).stream()
                .max(Comparator.comparingLong(PoolKeyRecord::version))
                .orElseThrow();
    }

    private String path() {
        return "/api/pool/keys/" + key;
    }
}
