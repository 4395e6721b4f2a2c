package io.quotabank.proxy.journal;

import java.util.Comparator;

/** A place in a journal: before the byte {@code offset} of a file. */
record Position(long segment, long offset) implements Comparable<Position> {

    static final Position START = new Position(0, 0);

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::segment).thenComparingLong(Position::offset);

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }
}
