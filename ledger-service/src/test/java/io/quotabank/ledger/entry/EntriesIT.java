package io.quotabank.ledger.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.tail.Tail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class EntriesIT {

    private static final Map<String, Object> OFTEN =
            Map.of("quotabank.tail.every", "50ms", "quotabank.entry.every", "50ms", "quotabank.earnings.every", "50ms");
    private static final Map<String, Object> SILENT =
            Map.of("quotabank.tail.every", "1h", "quotabank.entry.start", "false");

    @Test
    void everyEntryIsPublishedInOrderThoughItsPublisherDies() throws Exception {
        var buyers = new ArrayList<UUID>();
        for (int i = 0; i < 8; i++) {
            buyers.add(UUID.randomUUID());
        }
        var owner = UUID.randomUUID();
        try (var survivor = Ledger.consuming(OFTEN);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var dying = survivor.another(OFTEN);
            var people = new People(survivor);
            var using = threads.submit(() -> {
                for (int i = 0; i < 40; i++) {
                    var events = new ArrayList<Closed>();
                    for (var buyer : buyers) {
                        var lease = people.lease(buyer, 100, 100).leaseId();
                        events.add(TestUsage.of(buyer)
                                .cost(10)
                                .from(lease, 100)
                                .served(owner, 10)
                                .closed());
                    }
                    UsageTopic.send(events);
                    if (i == 20) {
                        dying.close();
                    }
                }
                return true;
            });
            assertThat(using.get()).isTrue();
            await().until(() -> survivor.number("SELECT count(*) FROM settlement") == 320);
            await().until(() -> people.posted(owner) == 40 * 8 * 9);
            await().until(() -> survivor.bean(Entries.class).behind() == 0
                    && !survivor.bean(Tail.class).cut());

            var everybody = new HashSet<>(buyers);
            everybody.add(owner);
            await().untilAsserted(() ->
                    assertThat(EntriesTopic.arrivedInOrder(survivor, everybody)).isGreaterThan(everybody.size()));
            assertThat(survivor.number("SELECT count(*) FROM account WHERE kind = 'clearing' AND seq > 0"))
                    .isPositive();
            assertThat(EntriesTopic.accounts()).noneMatch(code -> code.startsWith("clearing:"));
        }
    }

    @Test
    void whatWasThereBeforeIsPublishedFirst() {
        var buyer = UUID.randomUUID();
        try (var ledger = Ledger.with(SILENT)) {
            var people = new People(ledger);
            people.lease(buyer, 1, 1);
            ledger.asOwner("UPDATE transfer SET xact = NULL");
            recharge(ledger, buyer);
            ledger.bean(Tail.class).cut();
            assertThat(ledger.number("SELECT count(*) FROM transfer WHERE xact IS NULL"))
                    .isEqualTo(1);

            while (ledger.bean(Entries.class).publishNext() >= 0) {
                // One window after the other.
            }
            var entries = EntriesTopic.of(Set.of(buyer));
            assertThat(entries.stream().map(EntryRecord::seq)).containsExactly(1L, 2L);
            assertThat(entries.stream().map(EntryRecord::block)).containsExactly(0L, 1L);
            assertThat(entries.getLast().type()).isEqualTo("recharge");
            assertThat(entries.getLast().amount().micro()).isEqualTo(5_000_000);
            assertThat(entries.getLast().balanceAfter().micro()).isEqualTo(People.SIGN_UP + 5_000_000);
        }
    }

    @Test
    void anAccountThatIsOpenedLaterIsPublishedAndOneWithoutARowKeepsNobodyUp() {
        var early = UUID.randomUUID();
        var late = UUID.randomUUID();
        try (var ledger = Ledger.with(SILENT)) {
            var people = new People(ledger);
            people.lease(early, 1, 1);
            publish(ledger);
            assertThat(EntriesTopic.of(Set.of(early))).hasSize(1);

            recharge(ledger, early);
            people.lease(late, 1, 1);
            // Of the account of a number that was never given to anybody.
            ledger.asOwner("INSERT INTO transfer"
                    + " (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type) VALUES ('"
                    + TestUsage.IDS.next() + "', 999999, 999998, 1, 1, 1, 1, 1, 'bonus')");
            publish(ledger);
            assertThat(EntriesTopic.of(Set.of(early))).hasSize(2);
            assertThat(EntriesTopic.of(Set.of(late)))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.account()).isEqualTo("user:" + late));
            assertThat(ledger.bean(Entries.class).behind()).isZero();
        }
    }

    @Test
    void nothingIsPassedOverWhileTheBrokerIsAway() {
        var buyer = UUID.randomUUID();
        try (var ledger = Ledger.with(SILENT)) {
            new People(ledger).lease(buyer, 1, 1);
            ledger.bean(Tail.class).cut();
            var cutOff = new HashMap<String, Object>(SILENT);
            cutOff.put("quotabank.settlement.start", "false");
            cutOff.put("spring.kafka.bootstrap-servers", "127.0.0.1:9");
            try (var away = ledger.another(cutOff)) {
                var entries = away.bean(Entries.class);
                // The first window is empty.
                assertThat(entries.publishNext()).isZero();
                assertThatThrownBy(entries::publishNext).hasMessageContaining("could not be sent");
                assertThat(entries.behind()).isEqualTo(1);
            }
            assertThat(ledger.bean(Entries.class).publishNext()).isEqualTo(2);
            assertThat(ledger.bean(Entries.class).behind()).isZero();
            assertThat(EntriesTopic.of(Set.of(buyer))).hasSize(1);
        }
    }

    @Test
    void aWindowThatWasSentAndNotNotedComesAgainWhole() {
        var buyer = UUID.randomUUID();
        try (var ledger = Ledger.with(SILENT)) {
            new People(ledger).lease(buyer, 1, 1);
            recharge(ledger, buyer);
            ledger.bean(Tail.class).cut();
            ledger.bean(Entries.class).publishNext();
            ledger.bean(Entries.class).publishNext();
            ledger.asOwner("UPDATE entry_position SET cut = 0");
            ledger.bean(Entries.class).publishNext();

            var entries = EntriesTopic.of(Set.of(buyer));
            assertThat(entries.stream().map(EntryRecord::seq)).containsExactly(1L, 2L, 1L, 2L);
            assertThat(new HashSet<>(entries)).hasSize(2);
        }
    }

    private static void publish(Ledger ledger) {
        ledger.bean(Tail.class).cut();
        while (ledger.bean(Entries.class).publishNext() >= 0) {
            // One window after the other.
        }
    }

    private static void recharge(Ledger ledger, UUID user) {
        var body = "{\"user_id\":\"" + user + "\",\"credits\":5}";
        assertThat(ledger.call("POST", "/api/credits/recharge", Ledger.proxyToken(), body)
                        .status())
                .isEqualTo(200);
    }
}
