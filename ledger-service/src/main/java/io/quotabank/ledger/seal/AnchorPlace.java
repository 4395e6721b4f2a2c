package io.quotabank.ledger.seal;

import java.util.Optional;

/**
 * Where the database's keepers can't write: whoever writes the whole table anew, hashes included, has another chain than
 * the one noted there. What can't be done, because the place is away or refuses, is an unchecked exception.
 */
sealed interface AnchorPlace permits AnchorFile, AnchorBucket {

    /** As it is told in metrics. */
    String name();

    /** The anchor of the highest block; empty where there is none. */
    Optional<Anchor> newest();

    /**
     * Kept for good when this returns, if it is the anchor of the highest block. Nothing that is there is overwritten,
     * and nothing is there twice, though several processes do this at once.
     *
     * @return false where another anchor of the same block is there
     */
    boolean add(Anchor anchor);
}
