package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.charge.LedgerCharges.Charge;
import io.quotabank.contracts.charge.LedgerCharges.Wish;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ChargeIT {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static Ledger ledger;

    @BeforeAll
    static void start() {
        ledger = Ledger.consuming(Map.of());
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void tellsWhatWasTakenWhichMayBeLessThanTheCostAndLeavesOutWhatIsNotSettled() {
        var people = new People(ledger);
        var buyer = UUID.randomUUID();
        var owner = UUID.randomUUID();
        var lease = people.lease(buyer, 300, 300).leaseId();
        var whole = TestUsage.of(buyer)
                .cost(200)
                .from(lease, 200)
                .served(owner, 200)
                .closed();
        var less = TestUsage.of(buyer)
                .cost(150)
                .from(lease, 150)
                .served(owner, 150)
                .closed();
        people.settled(whole);
        people.settled(less);

        var wish = new Wish(List.of(whole.requestId(), less.requestId(), TestUsage.IDS.next()));
        var told = ledger.call(
                "POST", "/internal/charges", TestIdentity.service("usage-log"), JSON.writeValueAsString(wish));
        assertThat(told.status()).isEqualTo(200);
        assertThat(JSON.treeToValue(told.body(), Charge[].class))
                .containsExactlyInAnyOrder(
                        new Charge(whole.requestId(), new Credits(200)),
                        new Charge(less.requestId(), new Credits(100)));
        assertThat(ledger.call("POST", "/internal/charges", TestIdentity.service("usage-log"), "{\"requestIds\":[]}")
                        .body())
                .isEmpty();
    }

    @Test
    void tellsServicesOnlyAndSoManyAtOnce() {
        var one = "{\"requestIds\":[\"" + UUID.randomUUID() + "\"]}";
        assertThat(ledger.call("POST", "/internal/charges", TestIdentity.user(UUID.randomUUID(), "admin"), one)
                        .status())
                .isEqualTo(403);
        var many = JSON.writeValueAsString(Map.of(
                "requestIds", Stream.generate(UUID::randomUUID).limit(1_001).toList()));
        assertThat(ledger.call("POST", "/internal/charges", TestIdentity.service("usage-log"), many)
                        .status())
                .isEqualTo(400);
    }
}
