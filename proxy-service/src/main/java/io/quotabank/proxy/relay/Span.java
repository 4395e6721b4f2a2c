package io.quotabank.proxy.relay;

/** Bytes of a body: from {@code start} up to and without {@code end}. */
record Span(int start, int end) {}
