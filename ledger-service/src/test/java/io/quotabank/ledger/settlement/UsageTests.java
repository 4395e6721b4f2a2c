package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.BrokenRuleException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UsageTests {

    private static final UUID USER = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();

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

    private static UUID digest(Closed event) {
        return Usage.of(event, 0, 0).digest();
    }

    private static void refused(Closed event, String why) {
        assertThatThrownBy(() -> Usage.of(event, 0, 0))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageContaining(why);
    }
}
