package io.quotabank.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
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

    private static final int READ_AT_ONCE = 64 << 10;

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

    /** The whole body. */
    public byte[] body(int limitBytes) throws IOException {
        var entity = response.getEntity();
        long told = entity == null ? 0 : entity.getContentLength();
        if (told >= 0 && told <= Math.min(limitBytes, READ_AT_ONCE)) {
            return exactly((int) told);
        }
        var bytes = stream().readNBytes(limitBytes + 1);
        if (bytes.length > limitBytes) {
            throw new BodyTooLargeException(limitBytes);
        }
        return bytes;
    }

    private byte[] exactly(int length) throws IOException {
        var bytes = new byte[length];
        var in = stream();
        int read = in.readNBytes(bytes, 0, length);
        // The end has to be seen for the connection to go back to its pool; a short body throws here.
        return in.read() < 0 && read < length ? Arrays.copyOf(bytes, read) : bytes;
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
