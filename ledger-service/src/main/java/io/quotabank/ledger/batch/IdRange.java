package io.quotabank.ledger.batch;

import java.util.Collection;
import java.util.Comparator;
import java.util.UUID;

/**
 * The least and the greatest of some ids, in PostgreSQL's order (unsigned bytes; {@link UUID#compareTo} differs). Given
 * beside a list of ids, the range lets PostgreSQL leave out the months that none of them is in.
 */
public record IdRange(UUID least, UUID greatest) {

    private static final Comparator<UUID> BY_BYTES = ((Comparator<UUID>)
                    (a, b) -> Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits()))
            .thenComparing((a, b) -> Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits()));

    /** @throws java.util.NoSuchElementException for no ids */
    public static IdRange of(Collection<UUID> ids) {
        return new IdRange(
                ids.stream().min(BY_BYTES).orElseThrow(),
                ids.stream().max(BY_BYTES).orElseThrow());
    }
}
