package io.quotabank.proxy.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Where the journal's files are written: a test's disk can be full. */
@FunctionalInterface
interface Disk {

    /** One file. */
    interface Output extends Closeable {

        void write(long at, byte[] bytes) throws IOException;

        void force() throws IOException;

        void truncate(long size) throws IOException;
    }

    Disk REAL = RealOutput::new;

    Output open(Path path) throws IOException;

    /** Not a FileChannel: that one is closed for everybody when a thread that writes is interrupted. */
    final class RealOutput implements Output {

        private final RandomAccessFile file;

        RealOutput(Path path) throws IOException {
            this.file = new RandomAccessFile(path.toFile(), "rw");
        }

        @Override
        public void write(long at, byte[] bytes) throws IOException {
            file.seek(at);
            file.write(bytes);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.setLength(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
