package io.quotabank.pool.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Records;
import io.quotabank.pool.Verifier;
import io.quotabank.pool.Verifier.Truth;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What risk-service found overrules what we count. */
@PoolTest
class FindingIT {

    private static final CloudEventRecords EVENTS = new CloudEventRecords("risk-service", Clock.systemUTC());
    private static final String DEAD = FindingRecord.TOPIC + ".dlt";

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

    @BeforeEach
    void deposit() {
        ann = new Person(port);
        key = new Depositor(ann).key(secret, "50");
    }

    @Test
    void depletesAKeyOnWhichItsProviderSaysThatNothingIsLeft() {
        send(finding(Kind.EXHAUSTED, Action.DEPLETE));

        await().until(() -> state().equals("depleted"));
        assertThat(view().path("remaining").decimalValue()).isZero();
        await().until(() -> last().state() == State.DEPLETED);
        assertThat(audit().path("action").asString()).isEqualTo("exhausted");
        assertThat(audit().path("actor").asString()).isEqualTo("service:risk-service");
        assertThat(audit().path("reason").asString()).isEqualTo("This was found.");
    }

    @Test
    void takesADepletedKeyBackWithItsQuotaOnceRealCallsSucceed() {
        send(finding(Kind.EXHAUSTED, Action.DEPLETE));
        await().until(() -> state().equals("depleted"));
        assertThat(ann.post(path() + "/pause", "{}").status()).isEqualTo(409);

        resume();

        await().until(() -> state().equals("active"));
        assertThat(view().path("remaining").decimalValue()).isEqualByComparingTo("5000");
    }

    @Test
    void leavesADepletedKeyDepletedWhileItsProviderSaysSo() {
        send(finding(Kind.EXHAUSTED, Action.DEPLETE));
        await().until(() -> state().equals("depleted"));
        Depositor.say(secret, Truth.GOOD.nothingLeft());

        resume();

        await().until(() -> state().equals("depleted"));
    }

    @Test
    void depletesAKeyWhoseVerificationFindsThatNothingIsLeft() {
        Depositor.say(secret, Truth.GOOD.nothingLeft());

        // Told inside a stream of status 200, where only a further call can tell why.
        send(finding(Kind.REFUSED, Action.VERIFY));

        await().until(() -> state().equals("depleted"));
    }

    @Test
    void verifiesAKeyAtOnceThatItsProviderRefuses() {
        Depositor.say(secret, Truth.GOOD.refused());

        send(finding(Kind.INVALID, Action.VERIFY));

        await().until(() -> state().equals("invalid"));
        await().until(() -> last().state() == State.INVALID);
    }

    @Test
    void leavesAFailingKeyAloneForAWhileTellsEveryRouterAndHasItVerified() {
        long before = verifications();
        var began = Instant.now();

        send(finding(Kind.FAILING, Action.COOL_DOWN));

        await().until(() -> state().equals("cooling"));
        await().until(() -> last().coolingUntilMs() != null);
        assertThat(last().state()).isEqualTo(State.ACTIVE);
        assertThat(Instant.ofEpochMilli(last().coolingUntilMs())).isAfter(began.plusSeconds(59));
        assertThat(view().path("coolingUntil").isMissingNode()).isFalse();
        assertThat(ann.get("/api/pool/keys?state=cooling").body().path("keys")).hasSize(1);
        assertThat(ann.get("/api/pool/keys?state=active").body().path("keys")).isEmpty();
        await().until(() -> verifications() > before);

        resume();

        assertThat(state()).isEqualTo("active");
        await().until(() -> last().coolingUntilMs() == null);
    }

    @Test
    void leavesAFlaggedKeyToAPersonUntilItsOwnerResumesItAndHearsOfEachFindingOnce() {
        var found = finding(Kind.FLAGGED, Action.FLAG);
        send(found);
        await().until(() -> state().equals("flagged"));
        assertThat(audit().path("action").asString()).isEqualTo("flagged");
        await().until(() -> last().state() == State.FLAGGED);
        resume();
        await().until(() -> state().equals("active"));
        long version = last().version();

        send(found);
        send(finding(Kind.FAILING, Action.COOL_DOWN));

        await().until(() -> state().equals("cooling"));
        assertThat(last().state()).isEqualTo(State.ACTIVE);
        assertThat(last().version()).isEqualTo(version + 1);
    }

    @Test
    void putsAFindingAboutAnUnknownKeyAsideAndGoesOn() {
        int before = Records.raw(DEAD).size();
        var stranger = found(UUID.randomUUID(), Kind.FLAGGED, Action.FLAG);
        var nobody = found(null, Kind.ERROR_BURST, Action.NONE);

        // One partition, so that they come in this order.
        sendAs(key.toString(), stranger);
        sendAs(key.toString(), nobody);
        sendAs(key.toString(), finding(Kind.EXHAUSTED, Action.DEPLETE));

        await().until(() -> state().equals("depleted"));
        await().until(() -> Records.raw(DEAD).size() == before + 1);
        assertThat(Records.raw(DEAD).getLast().headers().lastHeader("kafka_dlt-exception-message"))
                .isNotNull();
    }

    private void resume() {
        assertThat(ann.post(path() + "/resume", "{}").status()).isEqualTo(200);
    }

    private FindingRecord finding(Kind kind, Action action) {
        return found(key, kind, action);
    }

    private FindingRecord found(@Nullable UUID about, Kind kind, Action action) {
        return new FindingRecord(
                ids.next(),
                about,
                about == null ? null : ann.id(),
                kind,
                "openai",
                "api.openai.com",
                1_700_000_000_000L,
                "This was found.",
                Map.of(FindingRecord.COOL_DOWN_SECONDS, new BigDecimal("60")),
                action);
    }

    private void send(FindingRecord found) {
        sendAs(String.valueOf(found.keyId()), found);
    }

    private void sendAs(String recordKey, FindingRecord found) {
        kafka.send(EVENTS.record(FindingRecord.TOPIC, recordKey, FindingRecord.TYPE, json.writeValueAsBytes(found)))
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
