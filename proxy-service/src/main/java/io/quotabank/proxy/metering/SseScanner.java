package io.quotabank.proxy.metering;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of server-sent events, as it arrives in pieces of any size, into events that still have their own
 * bytes. Line ends may be LF, CR LF or CR; comments, a byte order mark, several {@code data} lines and a missing last
 * blank line are all understood (the WHATWG's "Interpreting an event stream"). All raw bytes together are the stream's.
 *
 * <p>An event's views are valid until the next {@link #fill}. Not for use by several threads.
 */
public final class SseScanner {

    /** An event grew past its bound. */
    public static final class EventTooLargeException extends IOException {
        EventTooLargeException(int limitBytes) {
            super("an event is larger than " + limitBytes + " bytes");
        }
    }

    /** One event of a stream: its own bytes, and its joined {@code data}. Valid until its scanner takes more bytes. */
    public static final class Event {

        private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

        private final byte[] buffer;
        private final int offset;
        private final int length;
        private final byte[] dataBuffer;
        private final int dataOffset;
        private final int dataLength;
        private final boolean error;
        private final boolean terminated;

        Event(
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

        public ScannedAnswer scan(ReceivedText received) throws ScannedAnswer.MalformedAnswerException {
            return ScannedAnswer.of(dataBuffer, dataOffset, dataLength, received);
        }

        public byte[] raw() {
            return Arrays.copyOfRange(buffer, offset, offset + length);
        }

        public void writeTo(OutputStream out) throws IOException {
            out.write(buffer, offset, length);
        }
    }

    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] EVENT_ERROR = {'e', 'r', 'r', 'o', 'r'};
    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't'};
    // Held for as long as a stream waits for its next event: some of these, which are mostly below 400 bytes.
    private static final int FIRST_CAPACITY = 4096;
    private static final int LEAST_ROOM = 1024;
    private static final int BOM_LENGTH = 3;

    private final int maxEventBytes;
    private final LongPredicate room;
    private byte[] buffer = new byte[FIRST_CAPACITY];
    private int start;
    private int scanned;
    private int end;
    private int lineStart;
    private boolean firstLine = true;
    private boolean afterCr;
    private int dataStart = -1;
    private int dataEnd;
    private boolean errorEvent;
    private @Nullable ByteArrayOutputStream joined;

    /**
     * @param maxEventBytes the most bytes one event may have, its line ends included
     * @param room asked for so many bytes more before they are held; where it has none the event is too large
     */
    public SseScanner(int maxEventBytes, LongPredicate room) {
        this.maxEventBytes = maxEventBytes;
        this.room = room;
    }

    /**
     * Reads the next piece of the stream, waiting for one. Call {@link #next} until it has nothing more before the next
     * piece.
     *
     * @return how many bytes it was; below 0 at the stream's end
     */
    public int fill(InputStream stream) throws IOException {
        makeRoom();
        int length = stream.read(buffer, end, buffer.length - end);
        end += Math.max(0, length);
        return length;
    }

    /** The next whole event, or null where more of the stream is needed. */
    public @Nullable Event next() throws EventTooLargeException {
        while (scanned < end) {
            byte b = buffer[scanned];
            if (afterCr) {
                afterCr = false;
                if (b == '\n') {
                    lineStart = ++scanned;
                    continue;
                }
            }
            scanned++;
            if ((b == '\n' || b == '\r') && lineEnds(b)) {
                return take(true);
            }
        }
        if (end - start > maxEventBytes) {
            throw new EventTooLargeException(maxEventBytes);
        }
        return null;
    }

    /** What the stream ended with: an event without its blank line, or null where nothing is left. */
    public @Nullable Event last() {
        if (lineStart < end && !afterCr) {
            field(lineStart, end);
        }
        lineStart = scanned = end;
        return start == end ? null : take(false);
    }

    /** A line has ended before {@code scanned}; true where it was blank and so ends an event. */
    private boolean lineEnds(byte terminator) {
        int lineEnd = scanned - 1;
        boolean blank = lineEnd == lineStart;
        afterCr = terminator == '\r';
        if (!blank) {
            field(lineStart, lineEnd);
        } else if (afterCr && scanned < end && buffer[scanned] == '\n') {
            afterCr = false;
            scanned++;
        }
        lineStart = scanned;
        return blank;
    }

    private void field(int from, int to) {
        int begin = firstLine && startsWithBom(from, to) ? from + BOM_LENGTH : from;
        firstLine = false;
        int colon = begin;
        while (colon < to && buffer[colon] != ':') {
            colon++;
        }
        int value = Math.min(to, colon + 1);
        if (value < to && buffer[value] == ' ') {
            value++;
        }
        if (is(DATA, begin, colon)) {
            data(value, to);
        } else if (is(EVENT, begin, colon)) {
            errorEvent = is(EVENT_ERROR, value, to);
        }
    }

    private void data(int from, int to) {
        if (dataStart < 0) {
            dataStart = from;
            dataEnd = to;
            return;
        }
        if (joined == null) {
            joined = new ByteArrayOutputStream();
            joined.write(buffer, dataStart, dataEnd - dataStart);
        }
        joined.write('\n');
        joined.write(buffer, from, to - from);
    }

    private Event take(boolean terminated) {
        int length = scanned - start;
        Event event;
        if (joined != null) {
            var data = joined.toByteArray();
            event = new Event(buffer, start, length, data, 0, data.length, errorEvent, terminated);
        } else {
            int dataLength = dataStart < 0 ? -1 : dataEnd - dataStart;
            event = new Event(
                    buffer, start, length, buffer, Math.max(0, dataStart), dataLength, errorEvent, terminated);
        }
        start = scanned;
        dataStart = -1;
        joined = null;
        errorEvent = false;
        return event;
    }

    private boolean startsWithBom(int from, int to) {
        return to - from >= BOM_LENGTH
                && buffer[from] == (byte) 0xEF
                && buffer[from + 1] == (byte) 0xBB
                && buffer[from + 2] == (byte) 0xBF;
    }

    private boolean is(byte[] text, int from, int to) {
        return Arrays.equals(text, 0, text.length, buffer, from, to);
    }

    private byte[] larger() throws EventTooLargeException {
        if (!room.test(buffer.length)) {
            throw new EventTooLargeException(buffer.length);
        }
        return new byte[2 * buffer.length];
    }

    private void makeRoom() throws EventTooLargeException {
        if (end + LEAST_ROOM <= buffer.length) {
            return;
        }
        int kept = end - start;
        var target = kept + LEAST_ROOM <= buffer.length ? buffer : larger();
        System.arraycopy(buffer, start, target, 0, kept);
        buffer = target;
        scanned -= start;
        lineStart -= start;
        if (dataStart >= 0) {
            dataStart -= start;
            dataEnd -= start;
        }
        start = 0;
        end = kept;
    }
}
