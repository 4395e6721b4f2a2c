package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class UsageTests {

    private static final UUID USER = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Closed EVENT = TestUsage.of(USER)
            .cost(10)
            .from(UUID.randomUUID(), 20)
            .served(OWNER, 10)
            .closed();

    @Test
    void refusesWhatWasServedBelowItsCost() {
        refused(TestUsage.of(USER).cost(11).served(OWNER, 10).closed(), "below its cost");
        assertThat(Usage.of(TestUsage.of(USER).cost(10).served(OWNER, 10).closed(), 0, 0))
                .isNotNull();
    }

    @Test
    void refusesSharesOutOfTheirRangeOrWithoutAnOwner() {
        refused(TestUsage.of(USER).attempt(OWNER, 10_001, 10).closed(), "share");
        refused(TestUsage.of(USER).attempt(OWNER, -1, 10).closed(), "share");
        refused(TestUsage.of(USER).attempt(null, 1, 10).closed(), "no owner");
        assertThat(Usage.of(TestUsage.of(USER).attempt(OWNER, 10_000, 10).closed(), 0, 0)
                        .platformPart()
                        .isZero())
                .isTrue();
        assertThat(Usage.of(TestUsage.of(USER).attempt(null, 0, 10).closed(), 0, 0)
                        .owners()
                        .isZero())
                .isTrue();
    }

    @Test
    void refusesAmountsThatCanNotBeAdded() {
        var event = TestUsage.of(USER)
                .served(OWNER, Long.MAX_VALUE)
                .served(OWNER, Long.MAX_VALUE)
                .closed();
        refused(event, "can't be added");
    }

    @Test
    void refusesARequestWhoseIdTellsNoTime() {
        refused(TestUsage.of(USER).request(UUID.randomUUID()).closed(), "UUIDv7");
    }

    @Test
    void knowsARecordThatIsSentAgainFromADifferentOne() {
        var request = TestUsage.IDS.next();
        var first = TestUsage.of(USER).request(request).closed();
        var again = TestUsage.of(USER).request(request).closed();
        var other =
                TestUsage.of(USER).request(request).outcome(Outcome.ABANDONED).closed();
        assertThat(digest(first)).isEqualTo(digest(again)).isNotEqualTo(digest(other));
    }

    @Test
    void takesAHundredAttemptsAndHoldsAndNoMore() {
        assertThat(Usage.of(parties(100, 100), 0, 0).ownerParts()).hasSize(100);
        refused(parties(101, 0), "too many");
        refused(parties(0, 101), "too many");
    }

    @Test
    void takesAModelsNameOf500CharactersAndNoLongerOne() {
        assertThat(Usage.of(with("/gen_ai.request.model", "m".repeat(500)), 0, 0))
                .isNotNull();
        refused(with("/gen_ai.request.model", "m".repeat(501)), "model's name");
        refused(with("/gen_ai.request.model", null), "model's name");
    }

    @Test
    void refusesWhatLacksAPart() {
        refused(with("/requestId", null), "UUIDv7");
        refused(with("/userId", null), "no user");
        refused(with("/cost", null), "cost is missing");
        refused(with("/tokens", null), "cost is missing");
        refused(with("/outcome", null), "cost is missing");
        refused(with("/funding/0/hold", null), "a hold is incomplete");
        refused(with("/funding/0/atMost", null), "a hold is incomplete");
        refused(with("/attempts/0/keyId", null), "an attempt is incomplete");
        refused(with("/attempts/0/served", null), "an attempt is incomplete");
    }

    @Test
    void whateverDecidesWhoPaysAndWhoGetsMakesADifferentRecord() {
        var other = UUID.randomUUID();
        var changes = Map.of(
                "/userId", other,
                "/cost", 9,
                "/priceVersion", 77,
                "/funding/0/hold", other,
                "/funding/0/atMost", 21,
                "/attempts/0/keyId", other,
                "/attempts/0/ownerId", other,
                "/attempts/0/ownerBasisPoints", 9_499,
                "/attempts/0/served", 11);
        var digests = new HashMap<UUID, String>(Map.of(digest(EVENT), "as it was"));
        changes.forEach((path, value) -> assertThat(digests.put(digest(with(path, value)), path))
                .as(path)
                .isNull());
        assertThat(digest(with("/attempts/0/durationMs", 77)))
                .as("what decides nothing")
                .isEqualTo(digest(EVENT));
    }

    @Test
    void itsRequestAndItsPlaceAreThoseOfItsRecord() {
        var usage = Usage.of(EVENT, 3, 7);
        assertThat(usage.request()).isEqualTo(EVENT.requestId());
        assertThat(usage.partition()).isEqualTo(3);
        assertThat(usage.offset()).isEqualTo(7);
    }

    @Test
    void whatHoldsDoNotPayOfWhatWasServedIsThePlatformsLoss() {
        var settled = new Settled(Usage.of(EVENT, 0, 0), new AccountId(1), new Credits(7), List.of(new Credits(7)));
        assertThat(settled.loss()).isEqualTo(new Credits(3));
    }

    private static Closed parties(int attempts, int holds) {
        var usage = TestUsage.of(USER);
        IntStream.range(0, attempts).forEach(i -> usage.served(OWNER, 1));
        IntStream.range(0, holds).forEach(i -> usage.from(OWNER, 1));
        return usage.closed();
    }

    /** The event as it would be read with another value in a place, or with none there. */
    private static Closed with(String path, @Nullable Object value) {
        var tree = JSON.valueToTree(EVENT);
        int name = path.lastIndexOf('/');
        ((ObjectNode) tree.at(path.substring(0, name))).set(path.substring(name + 1), JSON.valueToTree(value));
        return JSON.treeToValue(tree, Closed.class);
    }

    private static UUID digest(Closed event) {
        return Usage.of(event, 0, 0).digest();
    }

    private static void refused(Closed event, String why) {
        assertThatThrownBy(() -> Usage.of(event, 0, 0))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageContaining(why);
    }
}
