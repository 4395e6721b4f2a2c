package io.quotabank.risk.balance;

import io.quotabank.contracts.money.Credits;
import io.quotabank.risk.signal.Use;
import java.time.Instant;

/**
 * What the provider told at a moment.
 *
 * @param at when the answer had come
 * @param balance what was left, as list cost
 * @param used by the key's calls that had been heard of before the provider was asked
 * @param usedBefore the same of the sample before this one, so that a provider's balance may lag by one interval; none
 *     for the first
 */
record Sample(Instant at, Credits balance, Use used, Use usedBefore) {}
