package io.quotabank.proxy.relay;

/** Keeps the journal and the reservation up with a running stream. */
final class Delivery {

    private static final int COVERED_EVERY_EVENTS = 64;

    private final Exchange exchange;
    private final Call call;
    private final long noteEveryNanos;
    private long notedNanos;
    private boolean noted;
    private int events;

    Delivery(Exchange exchange, Call call, RelayProperties properties) {
        this.exchange = exchange;
        this.call = call;
        this.noteEveryNanos = properties.noteEvery().toNanos();
    }

    /** An event with tokens has arrived. */
    void arrived() {
        events++;
    }

    /**
     * Notes what was delivered when it is time to, and sees that it is still covered. Comes after the bytes went out, so
     * that counting costs the client no time. False where the reservation can't be extended any more.
     */
    boolean noteAndCover() {
        long now = System.nanoTime();
        boolean noteDue = !noted || now - notedNanos >= noteEveryNanos;
        if (!noteDue && events < COVERED_EVERY_EVENTS) {
            return true;
        }
        events = 0;
        var used = call.usedSoFar();
        if (noteDue) {
            noted = true;
            notedNanos = now;
            exchange.bill().note(used);
        }
        return exchange.bill().covers(exchange.bill().costOf(used));
    }
}
