package io.quotabank.proxy.metering;

import io.quotabank.contracts.usage.TokenUsage;

/**
 * A provider's usage report, made to fit: a class larger than what it is part of is cut to it.
 *
 * @param odd true where something had to be cut, was negative or did not add up
 */
public record UsageReport(TokenUsage tokens, boolean odd) {}
