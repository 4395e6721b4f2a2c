package io.quotabank.ledger.earnings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EarningsIT {

    @Test
    void whatWasGatheredReachesItsOwnerWhichTwoProcessesBringOnce() {
        var owner = UUID.randomUUID();
        var often = Map.<String, Object>of("quotabank.earnings.every", "20ms");
        try (var one = Ledger.consuming(often);
                var two = one.another(often)) {
            var events = new ArrayList<Closed>();
            for (int i = 0; i < 400; i++) {
                // Many buyers: several partitions gather for one owner.
                events.add(TestUsage.of(UUID.randomUUID()).served(owner, 1_000).closed());
            }
            UsageTopic.send(events);
            var people = new People(one);
            await().atMost(Duration.ofSeconds(30)).until(() -> people.posted(owner) == 400 * 950);

            assertThat(one.number("SELECT count(*) FROM account WHERE kind = 'earnings' AND person = ?", owner))
                    .isGreaterThan(1);
            assertThat(one.number("SELECT sum(posted)::bigint FROM account WHERE kind = 'earnings'"))
                    .isZero();
            assertThat(one.differences()).isEmpty();
            var history = one.call("GET", "/api/credits/history/" + owner, TestIdentity.user(owner), "");
            assertThat(history.body().at("/history/0/action").asString()).isIn("proxy_earnings", "bonus");
        }
    }

    @Test
    void aSweepWaitsForNobody() throws Exception {
        var busy = UUID.randomUUID();
        var owner = UUID.randomUUID();
        try (var ledger = Ledger.consuming(Map.of("quotabank.earnings.every", "20ms"))) {
            var accounts = ledger.bean(Accounts.class);
            var locked = accounts.open(AccountCode.user(busy));
            accounts.open(AccountCode.user(owner));
            var people = new People(ledger);
            try (var other = ledger.database().connect(ledger.database().owner());
                    var statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("SELECT FROM account WHERE id = " + locked.value() + " FOR UPDATE");
                var buyer = UUID.randomUUID();
                UsageTopic.send(List.of(
                        TestUsage.of(buyer).served(busy, 1_000).closed(),
                        TestUsage.of(buyer).served(owner, 1_000).closed()));
                await().atMost(Duration.ofSeconds(30)).until(() -> people.posted(owner) == 950);
                assertThat(people.posted(busy)).isZero();
                other.rollback();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> people.posted(busy) == 950);
            assertThat(ledger.differences()).isEmpty();
        }
    }
}
