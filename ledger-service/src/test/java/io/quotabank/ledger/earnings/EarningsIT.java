package io.quotabank.ledger.earnings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EarningsIT {

    private static final int ROUNDS = 8;
    private static final int EVENTS = 50;

    @Test
    void whatWasGatheredReachesItsOwnerWhichTwoProcessesBringOnce() {
        var owner = UUID.randomUUID();
        var often = Map.<String, Object>of("quotabank.earnings.every", "20ms");
        try (var one = Ledger.consuming(often);
                var two = one.another(often)) {
            var people = new People(one);
            for (int round = 1; round <= ROUNDS; round++) {
                // Each round's buyer has a partition of its own: several of them gather for one owner.
                var buyer = UUID.randomUUID();
                UsageTopic.send(Stream.generate(
                                () -> TestUsage.of(buyer).served(owner, 1_000).closed())
                        .limit(EVENTS)
                        .toList());
                long sofar = 950L * EVENTS * round;
                await().atMost(Duration.ofSeconds(30)).until(() -> people.posted(owner) == sofar);
            }

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
