package io.quotabank.sandbox.answer;

import io.quotabank.sandbox.key.ApiKey;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.served.ServedRequest;

/** Keeps the log and the key's balance true to what of an answer was really sent. */
public final class Delivery {

    private final Served served;
    private final ServedRequest entry;
    private final ApiKey key;
    private final int promptTokens;
    private final int cachedTokens;
    private int sentTokens;

    public Delivery(Served served, ServedRequest entry, ApiKey key, int promptTokens, int cachedTokens) {
        this.served = served;
        this.entry = entry;
        this.key = key;
        this.promptTokens = promptTokens;
        this.cachedTokens = cachedTokens;
    }

    public void sent(int tokens) {
        sentTokens += tokens;
        served.sent(entry, tokens);
    }

    /** The last word on this answer. */
    public void ended(boolean finished) {
        served.close(entry, finished);
        key.pay(promptTokens, cachedTokens, sentTokens);
    }
}
