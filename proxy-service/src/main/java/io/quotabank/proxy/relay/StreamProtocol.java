package io.quotabank.proxy.relay;

import org.apache.coyote.http11.Http11NioProtocol;

/**
 * Tomcat's connections with buffers for many streams: each holds its own for as long as it is open, and an event is
 * mostly below 400 bytes. Tomcat makes it by its name, so it is public.
 */
public final class StreamProtocol extends Http11NioProtocol {

    private static final int BUFFER_BYTES = 4096;

    // There are two of a response, of bytes and of characters; what is larger goes through in several pieces.
    private static final int RESPONSE_BUFFER = 2048;

    public StreamProtocol() {
        getEndpoint().getSocketProperties().setAppReadBufSize(BUFFER_BYTES);
        getEndpoint().getSocketProperties().setAppWriteBufSize(BUFFER_BYTES);
    }

    @Override
    public int getDesiredBufferSize() {
        return RESPONSE_BUFFER;
    }
}
