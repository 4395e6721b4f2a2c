package io.quotabank.pool.figures;

import io.quotabank.contracts.money.Credits;

/**
 * Sums over upstream calls.
 *
 * @param requests all calls; those that neither succeeded nor failed were refused or broken off by their callers
 * @param cached input tokens that came from the provider's prompt cache, part of {@code input}
 * @param served what was served at the buyers' price
 * @param earned the owner's part of it
 * @param list the same tokens at the provider's list price
 * @param firstBytes calls that got a first byte, and {@code firstByteMs} how long they waited for it together
 */
record Sums(
        long requests,
        long succeeded,
        long failed,
        long input,
        long cached,
        long output,
        Credits served,
        Credits earned,
        Credits list,
        long firstBytes,
        long firstByteMs,
        long durationMs) {

    static final Sums NONE = amounts(Credits.ZERO, Credits.ZERO);

    static Sums amounts(Credits served, Credits earned) {
        return new Sums(0, 0, 0, 0, 0, 0, served, earned, Credits.ZERO, 0, 0, 0);
    }

    Sums plus(Sums other) {
        return new Sums(
                requests + other.requests,
                succeeded + other.succeeded,
                failed + other.failed,
                Math.addExact(input, other.input),
                Math.addExact(cached, other.cached),
                Math.addExact(output, other.output),
                served.plus(other.served),
                earned.plus(other.earned),
                list.plus(other.list),
                firstBytes + other.firstBytes,
                Math.addExact(firstByteMs, other.firstByteMs),
                Math.addExact(durationMs, other.durationMs));
    }
}
