package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.systemtests.stack.EntryTopic;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.PaymentSandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** After all that applications and people did, the books prove themselves to whoever looks from outside. */
class LedgerProofIT {

    private static final String CREDITS = STACK.gateway() + "/api/credits";
    private static final String LEDGER = STACK.gateway() + "/api/ledger";

    private final String application = PEOPLE.applicationToken();
    private final Suite.Buyer person = Suite.buyer("0");

    @Test
    void theEntriesOnTheTopicAreTheHistoryInOrderAndWithoutAGap() {
        aFewMovements();
        var history = history();
        assertThat(history).hasSizeGreaterThan(30);
        try (var topic = new EntryTopic(STACK)) {
            await().until(() -> firstArrivals(topic).size() >= history.size());

            var entries = firstArrivals(topic);
            assertThat(entries)
                    .extracting(EntryRecord::seq)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, history.size()).boxed().toList());
            assertThat(entries)
                    .extracting(entry -> entry.transferId() + " " + micro(entry) + " after "
                            + entry.balanceAfter().micro())
                    .containsExactlyElementsOf(history.reversed().stream()
                            .map(entry -> entry.path("id").asString() + " " + micro(entry, "amount") + " after "
                                    + micro(entry, "balanceAfter"))
                            .toList());
        }
    }

    @Test
    void everyProofAgreesAndTheSealGrows() {
        var admin = PEOPLE.token("admin");
        long before = head(admin);
        aFewMovements();

        Proof.booksAreRight();
        assertThat(Http.get(LEDGER + "/reconciliation", admin)
                        .json()
                        .path("agrees")
                        .asBoolean())
                .isTrue();
        await().atMost(Duration.ofMinutes(1)).until(() -> head(admin) > before);
        var chain = Http.get(LEDGER + "/seal?from=" + before, admin).json().path("blocks");
        for (int i = 1; i < chain.size(); i++) {
            assertThat(chain.path(i).path("previous"))
                    .isEqualTo(chain.path(i - 1).path("hash"));
        }
        for (var token : List.of(application, person.token())) {
            assertThat(Http.get(LEDGER + "/seal", token).status()).isEqualTo(403);
            assertThat(Http.post(LEDGER + "/reconciliation", token, "{}").status())
                    .isEqualTo(403);
        }
    }

    /** What is bought, taken, held, settled, given back and refunded: some of each. */
    private void aFewMovements() {
        var order = PurchaseIT.order(person, "stripe", 10);
        new PaymentSandbox(STACK).pay(order, Map.of());
        for (int i = 0; i < 10; i++) {
            var consumed = done(Map.of("user_id", person.userId(), "action", "script"), "/consume");
            if (i % 3 == 0) {
                done(Map.of("amount", 4), "/consumptions/" + consumed.path("id").asString() + "/refund");
            }
            var held = done(Map.of("user_id", person.userId(), "amount", 5, "description", "a part"), "/holds");
            var hold = "/holds/" + held.path("hold").path("id").asString();
            done(Map.of("amount", 1.000001), hold + "/settle");
            done(Map.of("amount", 2), hold + "/settle");
            done(Map.of(), hold + "/release");
        }
        var refunded = Http.post(
                STACK.gateway() + "/api/payment/orders/" + order + "/refunds",
                PEOPLE.token("admin"),
                Map.of("amount", 2.5));
        assertThat(refunded.status()).as(refunded.body()).isEqualTo(200);
    }

    private JsonNode done(Map<String, ?> body, String path) {
        var answer = Http.post(CREDITS + path, application, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** All of it, by pages, newest first. */
    private List<JsonNode> history() {
        var all = new ArrayList<JsonNode>();
        var next = "";
        do {
            var page = Http.get(
                            CREDITS + "/history/" + person.userId() + "?limit=7"
                                    + (next.isEmpty() ? "" : "&cursor=" + next),
                            person.token())
                    .json();
            page.path("history").forEach(all::add);
            next = page.path("next").asString("");
        } while (!next.isEmpty());
        return all;
    }

    /** As the topic's readers are told to: what has no higher number than was seen is dropped. */
    private List<EntryRecord> firstArrivals(EntryTopic topic) {
        var first = new ArrayList<EntryRecord>();
        for (var entry : topic.of(person.userId())) {
            if (first.isEmpty() || entry.seq() > first.getLast().seq()) {
                first.add(entry);
            }
        }
        return first;
    }

    private static long micro(EntryRecord entry) {
        return entry.side() == EntryRecord.Side.CREDIT
                ? entry.amount().micro()
                : -entry.amount().micro();
    }

    private static long micro(JsonNode entry, String member) {
        return entry.path(member).decimalValue().movePointRight(6).longValueExact();
    }

    private static long head(String admin) {
        return Http.get(LEDGER + "/seal", admin)
                .json()
                .path("head")
                .path("number")
                .asLong(-1);
    }
}
