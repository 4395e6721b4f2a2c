package io.quotabank.proxy.metering;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** One event of a stream: its own bytes, and its joined {@code data}. Valid until its scanner takes more bytes. */
public final class SseEvent {

    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

    private final byte[] buffer;
    private final int offset;
    private final int length;
    private final byte[] dataBuffer;
    private final int dataOffset;
    private final int dataLength;
    private final boolean error;
    private final boolean terminated;

    SseEvent(
            byte[] buffer,
            int offset,
            int length,
            byte[] dataBuffer,
            int dataOffset,
            int dataLength,
            boolean error,
            boolean terminated) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        this.dataBuffer = dataBuffer;
        this.dataOffset = dataOffset;
        this.dataLength = dataLength;
        this.error = error;
        this.terminated = terminated;
    }

    /** False for a comment or a blank line. */
    public boolean hasData() {
        return dataLength >= 0;
    }

    /** The end mark of OpenAI's streams. */
    public boolean isDone() {
        return hasData() && Arrays.equals(DONE, 0, DONE.length, dataBuffer, dataOffset, dataOffset + dataLength);
    }

    /** True where the event is named {@code error}. */
    public boolean isError() {
        return error;
    }

    /** False where the stream ended before the event's blank line. */
    public boolean isTerminated() {
        return terminated;
    }

    /** A copy of the data: the lines joined by LF. */
    public byte[] data() {
        return hasData() ? Arrays.copyOfRange(dataBuffer, dataOffset, dataOffset + dataLength) : new byte[0];
    }

    public ScannedAnswer scan(ReceivedText received) throws MalformedAnswerException {
        return ScannedAnswer.of(dataBuffer, dataOffset, dataLength, received);
    }

    public byte[] raw() {
        return Arrays.copyOfRange(buffer, offset, offset + length);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(buffer, offset, length);
    }
}
