package io.quotabank.proxy.routing;

import io.quotabank.proxy.catalog.PricedModel;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** What one request wants of a key, and which keys and hosts have failed it already. Confined to its request. */
public final class Wanted {

    private final PricedModel price;
    private final long inputTokens;
    private final long outputTokens;
    private final Set<UUID> failedKeys = HashSet.newHashSet(0);
    private final Set<String> failedHosts = HashSet.newHashSet(0);

    /**
     * @param inputTokens expected; counts against the limits of keys until the true number is known
     * @param outputTokens expected
     */
    public Wanted(PricedModel price, long inputTokens, long outputTokens) {
        this.price = price;
        this.inputTokens = inputTokens;
        this.outputTokens = outputTokens;
    }

    /** The key is not to be tried again for this request. */
    public void keyFailed(Pick pick) {
        failedKeys.add(pick.key().keyId());
    }

    /** Keys of other hosts are to be tried first; this one's only where there is no other. */
    public void hostFailed(Pick pick) {
        failedHosts.add(pick.host());
    }

    String model() {
        return price.model().name();
    }

    PricedModel price() {
        return price;
    }

    long inputTokens() {
        return inputTokens;
    }

    long outputTokens() {
        return outputTokens;
    }

    boolean hasFailed(UUID keyId) {
        return !failedKeys.isEmpty() && failedKeys.contains(keyId);
    }

    boolean avoids(String host) {
        return !failedHosts.isEmpty() && failedHosts.contains(host);
    }

    boolean avoidsHosts() {
        return !failedHosts.isEmpty();
    }
}
