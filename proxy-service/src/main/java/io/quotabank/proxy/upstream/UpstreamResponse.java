package io.quotabank.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
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
        var bytes = stream().readNBytes(limitBytes + 1);
        if (bytes.length > limitBytes) {
            throw new BodyTooLargeException(limitBytes);
        }
        return bytes;
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
