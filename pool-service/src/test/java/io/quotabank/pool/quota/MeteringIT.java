package io.quotabank.pool.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
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
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@PoolTest
class MeteringIT {

    private static final CloudEventRecords EVENTS = new CloudEventRecords("proxy-service", Clock.systemUTC());

    @LocalServerPort
    private int port;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private JsonMapper json;

    @Autowired
    private Ids ids;

    @Test
    void countsEachRequestOnceToTheMicroCredit() {
        var ann = new Person(port);
        var key = new Depositor(ann).key("50");
        var random = new Random(7);
        long served = 0;
        long earned = 0;
        long list = 0;
        for (int i = 0; i < 200; i++) {
            var attempt = Usages.served(key, ann.id(), random.nextInt(1, 1_000_000), random.nextInt(1, 1_000_000));
            served += attempt.served().micro();
            earned += attempt.served().micro() * 9_500 / 10_000;
            list += attempt.listCost().micro();
            var closed = closed(attempt);
            send(closed);
            if (i % 3 == 0) {
                send(closed);
            }
        }

        var figures = figures(ann, key, 200);

        assertThat(micro(figures.path("served"))).isEqualTo(served);
        assertThat(micro(figures.path("earnings"))).isEqualTo(earned);
        assertThat(micro(figures.path("listCost"))).isEqualTo(list);
        assertThat(micro(figures.path("remaining"))).isEqualTo(5_000_000_000L - list);
        assertThat(figures.path("succeeded").asLong()).isEqualTo(200);
        assertThat(figures.path("tokens").path("output").asLong()).isEqualTo(200 * 20);
        assertThat(figures.path("latency").path("firstByteMs").asLong()).isEqualTo(40);
        assertThat(figures.path("byDay")).hasSizeBetween(1, 2);
    }

    @Test
    void countsEveryAttemptForItsOwnKey() {
        var ann = new Person(port);
        var bob = new Person(port);
        var failing = new Depositor(ann).key(null);
        var serving = new Depositor(bob).key(null);
        send(closed(
                Usages.attempt(failing, ann.id(), Result.PROVIDER_ERROR, 500, 0, 0),
                Usages.attempt(serving, bob.id(), Result.SERVED, 200, 130, 100)));

        assertThat(figures(ann, failing, 1).path("failed").asLong()).isEqualTo(1);
        assertThat(figures(ann, failing, 1).path("successRate").decimalValue()).isEqualByComparingTo("0");
        assertThat(micro(figures(bob, serving, 1).path("earnings"))).isEqualTo(123);
        assertThat(figures(bob, serving, 1).path("successRate").decimalValue()).isEqualByComparingTo("1");
    }

    @Test
    void tellsRoutersWhenAKeyRunsLowAndWhenItIsDepleted() {
        var ann = new Person(port);
        var key = new Depositor(ann).key("12");

        send(closed(Usages.served(key, ann.id(), 1, 200_000_001)));
        await().until(() -> last(key).state() == PoolKeyRecord.State.LOW);
        assertThat(last(key).remaining().micro()).isEqualTo(999_999_999);

        send(closed(Usages.served(key, ann.id(), 1, 999_999_999)));
        await().until(() -> last(key).state() == PoolKeyRecord.State.DEPLETED);
        assertThat(last(key).remaining()).isEqualTo(Credits.ZERO);
    }

    @Test
    void tellsRoutersWhatIsLeftWhenItFellByAHundredth() {
        var ann = new Person(port);
        var key = new Depositor(ann).key("100");
        long before = last(key).version();

        send(closed(Usages.served(key, ann.id(), 1, 99_999_999)));
        figures(ann, key, 1);
        send(closed(Usages.served(key, ann.id(), 1, 1)));

        await().until(() -> last(key).remaining().equals(Credits.of(9_900)));
        assertThat(last(key).version()).isEqualTo(before + 1);
    }

    @Test
    void addsWhatALaterDifferentRecordOfARequestBrings() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);
        var request = ids.next();
        send(Usages.closed(request, Usages.served(key, ann.id(), 1_000, 500)));
        figures(ann, key, 1);

        send(Usages.closed(request, Usages.served(key, ann.id(), 5_000, 900)));
        send(Usages.closed(request, Usages.served(key, ann.id(), 5_000, 900)));
        send(Usages.closed(request, Usages.served(key, ann.id(), 2_000, 900)));
        send(closed(Usages.served(key, ann.id(), 0, 0)));

        var figures = figures(ann, key, 2);
        assertThat(micro(figures.path("served"))).isEqualTo(5_000);
        assertThat(micro(figures.path("earnings"))).isEqualTo(4_750);
    }

    @Test
    void givesNothingToAnOwnerForAPlatformsShare() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);

        send(closed(new Attempt(
                key,
                null,
                0,
                "openai",
                Result.SERVED,
                200,
                TokenUsage.of(1, 1),
                new Credits(77),
                new Credits(7),
                1L,
                2,
                null,
                null)));

        assertThat(micro(figures(ann, key, 1).path("earnings"))).isZero();
    }

    @Test
    void deadLettersWhatBreaksARuleAndCountsTheRest() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);
        var user = UUID.randomUUID();
        var unknownKey = closed(Usages.served(UUID.randomUUID(), ann.id(), 5, 5));
        var tooOld = Usages.closed(old(), Usages.served(key, ann.id(), 5, 5));
        int before = deadLetters();

        send(user, closed(Usages.served(key, ann.id(), 1_000, 500)));
        kafka.send(EVENTS.record(UsageEvent.TOPIC, user.toString(), UsageEvent.CLOSED_TYPE, new byte[] {'{'}))
                .join();
        send(user, unknownKey);
        send(user, tooOld);
        send(user, closed(Usages.served(key, ann.id(), 1_000, 500)));

        assertThat(micro(figures(ann, key, 2).path("served"))).isEqualTo(2_000);
        await().until(() -> deadLetters() == before + 3);
        assertThat(Records.raw(UsageEvent.TOPIC + ".dlt").getLast().headers().lastHeader("kafka_dlt-exception-message"))
                .isNotNull();
    }

    @Test
    void leavesOpenedRequestsAlone() {
        var ann = new Person(port);
        var key = new Depositor(ann).key(null);
        var user = UUID.randomUUID();
        int before = deadLetters();
        var opened = new UsageEvent.Opened(ids.next(), user, null, "chat", "gpt-4o-mini", true, Credits.of(1), 1);

        kafka.send(EVENTS.record(
                        UsageEvent.TOPIC, user.toString(), UsageEvent.OPENED_TYPE, json.writeValueAsBytes(opened)))
                .join();
        send(user, closed(Usages.served(key, ann.id(), 1_000, 500)));

        figures(ann, key, 1);
        assertThat(deadLetters()).isEqualTo(before);
    }

    private static int deadLetters() {
        return Records.raw(UsageEvent.TOPIC + ".dlt").size();
    }

    private static UUID old() {
        return new Ids(Clock.offset(Clock.systemUTC(), Duration.ofDays(-200))).next();
    }

    private JsonNode figures(Person owner, UUID key, long requests) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> owner.get("/api/pool/keys/" + key + "/figures").body(),
                        body -> body.path("requests").asLong() == requests);
    }

    private static PoolKeyRecord last(UUID key) {
        return Records.of(PoolKeyRecord.TOPIC, key.toString(), PoolKeyRecord.class).stream()
                .max(Comparator.comparingLong(PoolKeyRecord::version))
                .orElseThrow();
    }

    private static long micro(JsonNode credits) {
        return credits.decimalValue().movePointRight(6).longValueExact();
    }

    private Closed closed(Attempt... attempts) {
        return Usages.closed(ids.next(), attempts);
    }

    private void send(Closed closed) {
        // One partition, so that a request's records keep their order as they do behind one user.
        send(UUID.nameUUIDFromBytes(new byte[] {1}), closed);
    }

    private void send(UUID user, Closed closed) {
        kafka.send(EVENTS.record(
                        UsageEvent.TOPIC, user.toString(), UsageEvent.CLOSED_TYPE, json.writeValueAsBytes(closed)))
                .join();
    }
}
