package io.quotabank.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.quotabank.gateway.refusal.Refusal;
import java.nio.charset.StandardCharsets;

/** Follows whether an answer is a stream of events and stands between two of them, where one more can be put. */
final class EventStream {

    private static final String TYPE = "text/event-stream";

    private boolean open;
    private int before = '\n';
    private int last = '\n';

    void begin(HttpHeaders headers) {
        var type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        open = type != null
                && type.regionMatches(true, 0, TYPE, 0, TYPE.length())
                && !headers.contains(HttpHeaderNames.CONTENT_ENCODING)
                && !headers.contains(HttpHeaderNames.CONTENT_LENGTH);
    }

    void part(ByteBuf bytes) {
        int size = bytes.readableBytes();
        if (!open || size == 0) {
            return;
        }
        int end = bytes.writerIndex();
        before = size > 1 ? bytes.getByte(end - 2) : last;
        last = bytes.getByte(end - 1);
    }

    boolean betweenTwo() {
        return open && last == '\n' && before == '\n';
    }

    /** An event that tells why no more follow. */
    ByteBuf error(Refusal refusal, String requestId) {
        var body = new String(refusal.body(Refusal.OPEN_AI, requestId), StandardCharsets.UTF_8);
        return Unpooled.copiedBuffer("data: " + body + "\n\n", StandardCharsets.UTF_8);
    }
}
