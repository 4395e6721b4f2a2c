package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.People;
import io.quotabank.ledger.grant.Grants;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;

/**
 * Whatever happened to an order's money, and in whatever order, how often and how many at once it is told: in the end the
 * buyer has the credits of what stayed paid, and nobody has lost or got any besides.
 */
class NotificationOrderProperties {

    private static final Shop SHOP = Shop.shared();
    private static final int CREDITS = 1_200;
    private static final int FEN = 10_000;

    enum Dispute {
        NONE,
        OPEN,
        WON,
        LOST
    }

    /**
     * @param refunds in fen, one after the other as far as the money goes
     * @param spent credits that were used before the first notification of money that went back can come
     * @param order by which notices are told: each is taken modulo what is there
     */
    record Story(
            boolean paidTwice, List<Integer> refunds, Dispute dispute, int disputed, int spent, List<Integer> order) {}

    @Provide
    Arbitrary<Story> stories() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(1, FEN).list().ofMaxSize(3),
                        Arbitraries.of(Dispute.class),
                        Arbitraries.integers().between(1, FEN),
                        Arbitraries.integers().between(0, 520),
                        Arbitraries.integers().between(0, 9).list().ofMinSize(0).ofMaxSize(12))
                .as(Story::new);
    }

    @Property(tries = 60)
    void theEndIsTheSameInWhateverOrderItIsTold(@ForAll("stories") Story story) {
        var buyer = UUID.randomUUID();
        var order = SHOP.order(buyer, "stripe");
        SHOP.ledger().bean(Grants.class).welcome(buyer);
        if (story.spent() > 0) {
            SHOP.spend(buyer, story.spent());
        }
        var notices = new ArrayList<JsonNode>();
        notices.add(SHOP.pay(order, "{\"deliver\":false}"));
        if (story.paidTwice()) {
            notices.add(SHOP.pay(order, "{\"deliver\":false}"));
        }
        int refunded = 0;
        for (int fen : story.refunds()) {
            int possible = Math.min(fen, FEN - refunded);
            if (possible > 0) {
                notices.add(SHOP.refund(order, "{\"deliver\":false,\"amount\":" + possible + "}"));
                refunded += possible;
            }
        }
        notices.addAll(disputes(story, order));

        int firstPaid = tell(story, notices);

        int disputed = story.dispute() == Dispute.NONE || story.dispute() == Dispute.WON ? 0 : story.disputed();
        long back = firstPaid == 0 ? Math.min(FEN, refunded + disputed) : 0;
        long left = CREDITS * 1_000_000L - CREDITS * 1_000_000L * back / FEN;
        var people = new People(SHOP.ledger());
        assertThat(people.posted(buyer) - people.debt(buyer))
                .isEqualTo(People.SIGN_UP - story.spent() * 1_000_000L + left);
        assertThat(people.posted(buyer)).isNotNegative();
        assertThat(SHOP.ledger().differences()).isEmpty();
    }

    private static List<JsonNode> disputes(Story story, Shop.Order order) {
        var notices = new ArrayList<JsonNode>();
        if (story.dispute() != Dispute.NONE) {
            notices.add(dispute(order, "open", story.disputed()));
        }
        if (story.dispute() == Dispute.WON || story.dispute() == Dispute.LOST) {
            notices.add(dispute(order, story.dispute().name(), story.disputed()));
        }
        return notices;
    }

    private static JsonNode dispute(Shop.Order order, String status, int fen) {
        return SHOP.dispute(order, "{\"deliver\":false,\"amount\":" + fen + ",\"status\":\"" + status + "\"}");
    }

    /** By chance first, then all that is left; gives which of the payments was told first. */
    private static int tell(Story story, List<JsonNode> notices) {
        int payments = story.paidTwice() ? 2 : 1;
        int first = -1;
        var told = new ArrayList<>(
                story.order().stream().map(place -> place % notices.size()).toList());
        for (int i = 0; i < notices.size(); i++) {
            told.add(i);
        }
        for (int place : told) {
            var answers = SHOP.deliver(notices.get(place), place % 2 == 0 ? "{\"times\":2,\"atOnce\":true}" : "{}");
            answers.forEach(answer -> assertThat(answer.get("status").asInt()).isEqualTo(200));
            if (first < 0 && place < payments) {
                first = place;
            }
        }
        return first;
    }
}
