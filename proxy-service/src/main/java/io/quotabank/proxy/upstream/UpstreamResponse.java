package io.quotabank.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/** An answer that has begun. Closing it before its end gives up the connection, so the provider stops its work. */
public final class UpstreamResponse implements AutoCloseable {

    /** The body is larger than the reader allows. */
    public static final class BodyTooLargeException extends IOException {
        BodyTooLargeException(int limitBytes) {
            super("the answer is larger than " + limitBytes + " bytes");
        }
    }

    /** What is larger than {@link #SMALL} did not fit beside what else is held. */
    public static final class NoRoomException extends IOException {
        NoRoomException() {
            super("there is no room for the answer");
        }
    }

    /** A body that takes no room of its own; in bytes. */
    private static final int SMALL = 16 << 10;

    // As it came, as it goes on, and what is made of it in between.
    private static final int COPIES = 3;

    private final ClassicHttpResponse response;
    private final UpstreamCall call;

    UpstreamResponse(ClassicHttpResponse response, UpstreamCall call) {
        this.response = response;
        this.call = call;
    }

    public int status() {
        return response.getCode();
    }

    /** The first header of that name. */
    public @Nullable String header(String name) {
        var header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** The body as it arrives. */
    public InputStream stream() throws IOException {
        var entity = response.getEntity();
        return entity == null ? InputStream.nullInputStream() : entity.getContent();
    }

    /** The whole body, of a kind that is small. */
    public byte[] body(int limitBytes) throws IOException {
        return body(limitBytes, bytes -> true);
    }

    /**
     * The whole body, read as it arrives: what is only told to come takes no room.
     *
     * @param room asked for so many bytes more before they are held
     */
    public byte[] body(int limitBytes, LongPredicate room) throws IOException {
        var entity = response.getEntity();
        long told = entity == null ? 0 : entity.getContentLength();
        // One byte more than is allowed shows that it is too large.
        long expected = told < 0 ? limitBytes + 1L : Math.min(told, limitBytes + 1L);
        var in = stream();
        var body = new byte[(int) Math.min(expected, SMALL)];
        int length = in.readNBytes(body, 0, body.length);
        while (length == body.length && length < expected) {
            int larger = (int) Math.min(expected, 2L * length);
            if (!room.test((long) COPIES * (larger - length))) {
                throw new NoRoomException();
            }
            body = Arrays.copyOf(body, larger);
            length += in.readNBytes(body, length, larger - length);
        }
        if (length > limitBytes) {
            throw new BodyTooLargeException(limitBytes);
        }
        // The end has to be seen for the connection to go back to its pool; a short body throws here.
        return in.read() < 0 && length < body.length ? Arrays.copyOf(body, length) : body;
    }

    /** True where the call was stopped because its whole time had run out. */
    public boolean isOverdue() {
        return call.isOverdue();
    }

    /** Brings the call's deadline forward. */
    public void endWithin(Duration limit) {
        call.endBefore(System.nanoTime() + limit.toNanos());
    }

    /** Ends the call: a body that was read to its end leaves the connection for the next call, else it is cut. */
    @Override
    public void close() {
        call.end();
        try {
            response.close();
        } catch (IOException gone) {
            // A connection that fails while it is given up is given up.
            return;
        }
    }
}
