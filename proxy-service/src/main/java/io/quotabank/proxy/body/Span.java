package io.quotabank.proxy.body;

/** Bytes of a body: from {@code start} up to and without {@code end}. */
record Span(int start, int end) {}
