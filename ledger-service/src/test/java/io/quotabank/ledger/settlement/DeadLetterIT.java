package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Records that can't be settled, through the real topic and its dead-letter twin. */
class DeadLetterIT {

    private static Ledger ledger;
    private static People people;

    private final UUID buyer = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();

    @BeforeAll
    static void start() {
        ledger = Ledger.consuming(Map.of());
        people = new People(ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void anEventThatCanNotBeReadIsPutAsideWithItsReasonAndBlocksNobody() {
        UsageTopic.sendRaw(buyer, UsageEvent.CLOSED_TYPE, "{\"requestId\":".getBytes(StandardCharsets.UTF_8));
        UsageTopic.sendRaw(buyer, UsageEvent.CLOSED_TYPE, "{}".getBytes(StandardCharsets.UTF_8));
        UsageTopic.sendRaw(buyer, "com.example.other", "{}".getBytes(StandardCharsets.UTF_8));
        people.settled(TestUsage.of(buyer).closed());

        assertThat(UsageTopic.deadLetters(buyer))
                .hasSize(3)
                .anyMatch(reason -> reason.contains("can't be read"))
                .anyMatch(reason -> reason.contains("not a usage event"));
    }

    @Test
    void anEventThatBreaksARuleIsPutAsideAloneOutOfItsBatch() {
        var stranger = UUID.randomUUID();
        var foreign = people.lease(stranger, 100, 100).leaseId();
        var lease = people.lease(buyer, 1_000, 1_000).leaseId();
        var before =
                TestUsage.of(buyer).cost(10).from(lease, 10).served(owner, 10).closed();
        var after =
                TestUsage.of(buyer).cost(10).from(lease, 10).served(owner, 10).closed();
        UsageTopic.send(
                before,
                TestUsage.of(buyer).cost(10).from(foreign, 10).served(owner, 10).closed(),
                TestUsage.of(buyer).cost(10).from(lease, 10).served(owner, 9).closed(),
                after);
        people.settled(before);
        people.settled(after);

        assertThat(UsageTopic.deadLetters(buyer))
                .containsExactlyInAnyOrder("it is paid from another user's hold", "what was served is below its cost");
        assertThat(people.posted(stranger)).isEqualTo(People.SIGN_UP);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 20);
    }

    @Test
    void aRequestSettledForOneUserCanNotBeSettledForAnother() {
        var stranger = UUID.randomUUID();
        var event = TestUsage.of(buyer).closed();
        people.settled(event);
        UsageTopic.send(TestUsage.of(stranger).request(event.requestId()).closed());

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(UsageTopic.deadLetters(stranger))
                        .containsExactly("its request was settled for another user"));
    }

    @Test
    void aDeadLetterIsSettledWhenItIsReplayedAndItsRuleHoldsByThen() {
        var lease = people.lease(buyer, 1_000, 1_000).leaseId();
        var early =
                TestUsage.of(buyer).cost(10).from(lease, 10).served(owner, 10).closed();
        UsageTopic.sendDead(early, "ledger-service");
        UsageTopic.sendDead(
                TestUsage.of(buyer).cost(10).from(lease, 10).served(owner, 9).closed(), "ledger-service");
        var others =
                TestUsage.of(buyer).cost(10).from(lease, 10).served(owner, 10).closed();
        UsageTopic.sendDead(others, "pool-service");

        var path = "/api/ledger/dead-letters/replay";
        assertThat(ledger.call("POST", path, TestIdentity.user(buyer), "").status())
                .isEqualTo(403);
        var replayed = ledger.call("POST", path, Ledger.proxyToken(), "");
        // Other tests' dead letters are tried, too; one of these two settles, whatever became of them.
        int tried = replayed.body().get("tried").asInt();
        int settled = replayed.body().get("settled").asInt();
        int aside = replayed.body().get("put_aside").asInt();
        assertThat(settled).isPositive();
        assertThat(aside).isPositive();
        assertThat(tried).isEqualTo(settled + aside);
        var again = ledger.call("POST", path, Ledger.proxyToken(), "").body();
        assertThat(again.toString()).isEqualTo("{\"tried\":%d,\"settled\":0,\"put_aside\":%d}".formatted(aside, aside));
        assertThat(people.settlements(early.requestId())).isEqualTo(1);
        assertThat(people.settlements(others.requestId())).isZero();
        assertThat(UsageTopic.deadLetters(buyer)).contains("what was served is below its cost");
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 10);
    }

    /** A fault that only the books find, in the middle of a batch, and one command once it is mended. */
    @Test
    void whatTheDatabaseRefusesGoesAsideAloneAndSettlesByOneReplayAfterTheFix() {
        var lease = people.lease(buyer, 1_000, 1_000).leaseId();
        var events = new ArrayList<UsageEvent.Closed>();
        for (int i = 0; i < 30; i++) {
            events.add(TestUsage.of(buyer)
                    .cost(10)
                    .from(lease, 10)
                    .served(owner, 10)
                    .closed());
        }
        var poison = events.get(13).requestId();
        ledger.asOwner(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION 'a bad rule' USING ERRCODE = 'check_violation'; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT ON settlement FOR EACH ROW WHEN (NEW.request = '" + poison
                        + "') EXECUTE FUNCTION refuse()");
        UsageTopic.send(events);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(ledger.number("SELECT count(*) FROM settlement WHERE owner = ?", owner))
                        .isEqualTo(29));
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(UsageTopic.deadLetters(buyer))
                        .singleElement()
                        .asString()
                        .contains("the books refuse it", "a bad rule"));
        assertThat(people.settlements(poison)).isZero();

        ledger.asOwner("DROP TRIGGER refuse ON settlement", "DROP FUNCTION refuse");
        var replayed = ledger.call("POST", "/api/ledger/dead-letters/replay", Ledger.proxyToken(), "");

        assertThat(replayed.status()).isEqualTo(200);
        assertThat(people.settlements(poison)).isEqualTo(1);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 300);
        ledger.call("POST", "/api/ledger/dead-letters/replay", Ledger.proxyToken(), "");
        assertThat(people.posted(buyer)).as("again").isEqualTo(People.SIGN_UP - 300);
    }

    @Test
    void openedRecordsSettleNothing() {
        var event = TestUsage.of(buyer).closed();
        var opened = new UsageEvent.Opened(
                event.requestId(), buyer, null, "chat", "gpt-4o-mini", true, event.cost(), event.startedAtMs());
        UsageTopic.sendRaw(buyer, UsageEvent.OPENED_TYPE, JsonMapper.shared().writeValueAsBytes(opened));
        people.settled(TestUsage.of(buyer).closed());
        assertThat(people.settlements(event.requestId())).isZero();
        assertThat(UsageTopic.deadLetters(buyer)).isEmpty();
    }
}
