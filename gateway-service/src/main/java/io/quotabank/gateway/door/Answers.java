package io.quotabank.gateway.door;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.refusal.Refusal.Form;
import io.quotabank.platform.web.RequestId;
import java.util.concurrent.TimeUnit;

/** A refusal as it goes over the wire. */
final class Answers {

    static FullHttpResponse of(Refusal refusal, Form form, String requestId) {
        var body = Unpooled.wrappedBuffer(refusal.body(form, requestId));
        var answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(refusal.status()), body);
        var headers = answer.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, form.contentType());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set(RequestId.HEADER, requestId);
        if (refusal.status() == 401) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (refusal.retryAfterS() > 0) {
            headers.set(Refusal.RETRY_AFTER, refusal.retryAfterS());
            headers.set(Refusal.RETRY_AFTER_MS, TimeUnit.SECONDS.toMillis(refusal.retryAfterS()));
        }
        var shouldRetry = refusal.shouldRetry();
        if (shouldRetry != null) {
            headers.set(Refusal.SHOULD_RETRY, shouldRetry);
        }
        return answer;
    }

    private Answers() {}
}
