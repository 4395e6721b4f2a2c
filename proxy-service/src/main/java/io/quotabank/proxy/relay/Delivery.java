package io.quotabank.proxy.relay;

/** Keeps the journal and the reservation up with a running stream. */
final class Delivery {

    // Some 64 tokens: that much may go out uncovered, where a provider does not keep to the limit it was given.
    private static final int CHARACTERS_BETWEEN_CHECKS = 256;

    private final Exchange exchange;
    private final Call call;
    private final long noteEveryNanos;
    private long notedNanos;
    private boolean noted;
    private long checkedCharacters;

    Delivery(Exchange exchange, Call call, RelayProperties properties) {
        this.exchange = exchange;
        this.call = call;
        this.noteEveryNanos = properties.noteEvery().toNanos();
    }

    /**
     * Notes what was delivered when it is time to, and sees that it is still covered. Comes after the bytes went out, so
     * that counting costs the client no time. False where the reservation can't be extended any more.
     */
    boolean noteAndCover() {
        long now = System.nanoTime();
        boolean noteDue = !noted || now - notedNanos >= noteEveryNanos;
        long characters = call.received().characters();
        if (!noteDue && characters - checkedCharacters < CHARACTERS_BETWEEN_CHECKS) {
            return true;
        }
        checkedCharacters = characters;
        var used = call.usedSoFar();
        if (noteDue) {
            noted = true;
            notedNanos = now;
            exchange.bill().note(used);
        }
        return exchange.bill().covers(exchange.bill().costOf(used));
    }
}
