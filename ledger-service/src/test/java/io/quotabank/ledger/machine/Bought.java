package io.quotabank.ledger.machine;

import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** An order, and all that was said of its money. */
final class Bought {

    static final long FEN = 10_000;
    static final long CREDITS = 1_200_000_000;

    /** @param cumulative tells all that went back so far */
    private record Refund(long fen, boolean cumulative, RefundState state) {}

    private record Dispute(long fen, DisputeState state) {}

    final UUID order;
    final Person buyer;
    private final Map<String, String> standings = new HashMap<>();
    private final Map<String, Map<String, Refund>> refunds = new HashMap<>();
    private final Map<String, Map<String, Dispute>> disputes = new HashMap<>();
    private long clawed;

    Bought(UUID order, Person buyer) {
        this.order = order;
        this.buyer = buyer;
    }

    String paid(String transaction, boolean odd, long now) {
        if (!standings.containsKey(transaction)) {
            var standing = odd ? "odd" : standings.containsValue("booked") ? "surplus" : "booked";
            standings.put(transaction, standing);
            if (standing.equals("booked")) {
                buyer.bookIfOwing(now);
                buyer.recharge(CREDITS, order, now);
                follow(transaction, now);
            }
        }
        return standings.get(transaction).equals("booked") ? "Booked" : "Noted";
    }

    String refunded(String transaction, String key, long fen, boolean cumulative, RefundState state, long now) {
        refunds.computeIfAbsent(transaction, none -> new HashMap<>())
                .merge(key, new Refund(fen, cumulative, state), (was, is) -> {
                    boolean stays = was.state() == RefundState.FAILED || is.state() == RefundState.REQUESTED;
                    long told = was.cumulative() ? Math.max(was.fen(), is.fen()) : was.fen();
                    return new Refund(told, was.cumulative(), stays ? was.state() : is.state());
                });
        return follow(transaction, now);
    }

    String disputed(String transaction, String key, long fen, DisputeState state, long now) {
        disputes.computeIfAbsent(transaction, none -> new HashMap<>())
                .merge(
                        key,
                        new Dispute(fen, state),
                        (was, is) -> was.state() == DisputeState.OPEN ? new Dispute(was.fen(), is.state()) : was);
        return follow(transaction, now);
    }

    /** However the money went back, the buyer has the credits of what stayed. */
    private String follow(String transaction, long now) {
        if (!"booked".equals(standings.get(transaction))) {
            return standings.containsKey(transaction) ? "Booked" : "Noted";
        }
        long back = Math.min(FEN, refundedFen(transaction) + disputedFen(transaction));
        long target = CREDITS / FEN * back;
        if (target != clawed && buyer.invitation != null) {
            buyer.invitation.follow(order, FEN, back, now);
        }
        if (target > clawed) {
            buyer.book(now);
            long fromBalance = Math.min(buyer.available(), target - clawed);
            if (fromBalance > 0) {
                buyer.take(fromBalance);
            }
            buyer.owe(target - clawed - fromBalance);
        } else if (target < clawed) {
            buyer.bookIfOwing(now);
            buyer.credit(clawed - target);
            buyer.settleDebt(clawed - target);
        }
        clawed = target;
        return "Booked";
    }

    private long refundedFen(String transaction) {
        var told = refunds.getOrDefault(transaction, Map.of()).values();
        long single = told.stream()
                .filter(refund -> !refund.cumulative() && refund.state() != RefundState.FAILED)
                .mapToLong(Refund::fen)
                .sum();
        long all = told.stream()
                .filter(Refund::cumulative)
                .mapToLong(Refund::fen)
                .max()
                .orElse(0);
        return Math.max(single, all);
    }

    private long disputedFen(String transaction) {
        return disputes.getOrDefault(transaction, Map.of()).values().stream()
                .filter(dispute -> dispute.state() != DisputeState.WON)
                .mapToLong(Dispute::fen)
                .sum();
    }
}
