package io.quotabank.gateway.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** A client that waits to be told to send its body (RFC 9110, section 10.1.1). */
final class Expectation {

    static void meet(HttpRequest request, Client client) {
        if (HttpUtil.is100ContinueExpected(request)) {
            client.write(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            client.context().flush();
        }
    }

    private Expectation() {}
}
