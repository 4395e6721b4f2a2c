package io.quotabank.sandboxpay.trade;

import io.quotabank.sandboxpay.trade.Trade.Paid;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** All trades, by their merchant's numbers. */
public final class Trades {

    /** A payment with its trade. */
    public record Found(Trade trade, Paid paid) {}

    private final Map<String, Trade> trades = new ConcurrentHashMap<>();
    private final AtomicLong numbers;

    public Trades(Clock clock) {
        // Numbers of an earlier run do not come again: a merchant remembers them for ever.
        numbers = new AtomicLong(clock.millis() * 1_000);
    }

    /** A number that no trade, payment or refund had before. */
    public String number() {
        return Long.toString(numbers.incrementAndGet());
    }

    /** The merchant's order, opened now unless it was before. */
    public Trade open(Provider provider, String order, Function<String, Trade> opening) {
        return trades.computeIfAbsent(key(provider, order), key -> opening.apply(order));
    }

    public Optional<Trade> find(Provider provider, String order) {
        return Optional.ofNullable(trades.get(key(provider, order)));
    }

    /** By the merchant's number, with or without dashes, whatever the provider. */
    public Optional<Trade> find(String order) {
        return trades.values().stream()
                .filter(trade -> trade.order().replace("-", "").equals(order.replace("-", "")))
                .findFirst();
    }

    public Optional<Trade> byId(Provider provider, String id) {
        return trades.values().stream()
                .filter(trade -> trade.provider() == provider && trade.id().equals(id))
                .findFirst();
    }

    public Optional<Found> byTransaction(Provider provider, String transaction) {
        return trades.values().stream()
                .filter(trade -> trade.provider() == provider)
                .flatMap(trade -> trade.payments().stream()
                        .filter(paid -> paid.transaction().equals(transaction))
                        .map(paid -> new Found(trade, paid)))
                .findFirst();
    }

    /** The payment of which a refund of this key was made, by its merchant or at the desk. */
    public Optional<Found> byRefund(Provider provider, String key) {
        return trades.values().stream()
                .filter(trade -> trade.provider() == provider)
                .flatMap(trade -> trade.payments().stream()
                        .filter(paid -> paid.refund(key).isPresent())
                        .map(paid -> new Found(trade, paid)))
                .findFirst();
    }

    private static String key(Provider provider, String order) {
        return provider + ":" + order;
    }
}
