package io.quotabank.proxy.journal;

import java.io.Closeable;
import java.io.IOException;

/** Appends to one file. What a failed write left behind is overwritten by the next. */
final class SegmentWriter implements Closeable {

    private final long number;
    private final Disk.Output output;
    private long size;

    SegmentWriter(long number, Disk.Output output) {
        this.number = number;
        this.output = output;
    }

    long number() {
        return number;
    }

    long size() {
        return size;
    }

    Position end() {
        return new Position(number, size);
    }

    void write(byte[] frame) throws IOException {
        output.write(size, frame);
        size += frame.length;
    }

    void force() throws IOException {
        output.force();
    }

    /** Cuts off what a failed write left. */
    void truncate() throws IOException {
        output.truncate(size);
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}
