package io.quotabank.sandboxpay.notice;

import io.quotabank.sandboxpay.trade.Trade;
import java.util.Optional;

/** How a provider tells merchants what happened; each gives the number of the notice that was put down. */
public interface Messenger {

    /** @param otherMerchant names another merchant, in an otherwise genuine message */
    long paid(Trade trade, Trade.Paid paid, boolean otherMerchant);

    /** @param succeeded else it failed */
    long refunded(Trade trade, Trade.Paid paid, Trade.Refund refund, boolean succeeded);

    /**
     * Empty for providers that know no disputes.
     *
     * @param status open, won or lost
     */
    Optional<Long> disputed(Trade trade, Trade.Paid paid, String id, long amount, String status);
}
