package io.quotabank.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;

/** The body of a request as it arrives: counted, and held back in one piece while it is small or can't be sent yet. */
final class RequestBody {

    private final long declared;
    private final long limit;
    private final long gather;
    private ByteBuf gathered = Unpooled.EMPTY_BUFFER;
    private long received;
    private boolean whole;

    RequestBody(HttpRequest request, RelayProperties properties) {
        this.declared = HttpUtil.getContentLength(request, -1L);
        this.limit = properties.bodyLimit().toBytes();
        this.gather = properties.gather().toBytes();
    }

    /** In bytes; -1 when the request does not say. */
    long declared() {
        return declared;
    }

    void count(HttpContent part) {
        received += part.content().readableBytes();
        whole = part instanceof LastHttpContent;
    }

    boolean tooLarge() {
        return declared > limit || received > limit;
    }

    boolean whole() {
        return whole;
    }

    /** True when more is held back than goes in one piece. */
    boolean outgrown() {
        return gathered.readableBytes() >= gather;
    }

    /** Holds these bytes back, too, and takes over the duty to release them. */
    void hold(ByteBuf bytes, ByteBufAllocator allocator) {
        if (!bytes.isReadable()) {
            bytes.release();
        } else if (gathered.isReadable()) {
            join(bytes, allocator);
        } else {
            gathered = bytes;
        }
    }

    private void join(ByteBuf bytes, ByteBufAllocator allocator) {
        int size = gathered.readableBytes() + bytes.readableBytes();
        if (gathered.maxFastWritableBytes() < bytes.readableBytes()) {
            // As large as what is coming, where that is known: then this copy is the only one.
            int room = (int) Math.max(size, Math.min(declared, 2 * gather));
            var larger = allocator.buffer(room).writeBytes(gathered);
            gathered.release();
            gathered = larger;
        }
        gathered.writeBytes(bytes);
        bytes.release();
    }

    /** What was held back, with the duty to release it. */
    ByteBuf take() {
        var taken = gathered;
        gathered = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    void discard() {
        take().release();
    }
}
