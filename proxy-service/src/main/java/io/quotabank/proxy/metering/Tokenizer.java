package io.quotabank.proxy.metering;

/** Counts tokens of text as one model does. */
@FunctionalInterface
public interface Tokenizer {

    long count(String text);
}
