package io.quotabank.proxy.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** A disk that can be full: then a write leaves half of what it should and fails. */
record FillingDisk(Disk.Output real, BooleanSupplier full) implements Disk.Output {

    @Override
    public void write(long at, byte[] bytes) throws IOException {
        if (full.getAsBoolean()) {
            real.write(at, Arrays.copyOf(bytes, bytes.length / 2));
            throw new IOException("No space left on device");
        }
        real.write(at, bytes);
    }

    @Override
    public void force() throws IOException {
        if (full.getAsBoolean()) {
            throw new IOException("Input/output error");
        }
        real.force();
    }

    @Override
    public void truncate(long size) throws IOException {
        real.truncate(size);
    }

    @Override
    public void close() throws IOException {
        real.close();
    }
}
