package io.quotabank.proxy.relay;

import io.quotabank.proxy.metering.ReceivedText;
import io.quotabank.proxy.metering.ScannedAnswer;
import io.quotabank.proxy.metering.ScannedAnswer.MalformedAnswerException;
import io.quotabank.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** A provider's error, as it may be passed on: without what names its key, host or account. */
final class Rejection {

    private static final String JSON = "application/json";
    private static final int LARGEST = 1 << 20;
    private static final int BAD_REQUEST = 400;
    // Clients take it for what passes, and it does not.
    private static final int CONFLICT = 409;

    private final int status;
    private final @Nullable String contentType;
    private final @Nullable String upstreamRequestId;
    private final @Nullable String processingMs;
    private final byte[] body;
    private final @Nullable String errorCode;
    private final boolean inProtocolForm;

    private Rejection(
            int status,
            @Nullable String contentType,
            @Nullable String upstreamRequestId,
            @Nullable String processingMs,
            byte[] body,
            @Nullable String errorCode,
            boolean inProtocolForm) {
        this.status = status;
        this.contentType = contentType;
        this.upstreamRequestId = upstreamRequestId;
        this.processingMs = processingMs;
        this.body = body;
        this.errorCode = errorCode;
        this.inProtocolForm = inProtocolForm;
    }

    /**
     * Of an answer that is not of the 200 class.
     *
     * @param room asked for so many bytes more before they are held; without it the error comes without its body
     */
    static Rejection read(Call call, UpstreamResponse response, LongPredicate room) {
        byte[] body;
        try {
            body = response.body(LARGEST, room);
        } catch (IOException broken) {
            body = new byte[0];
        }
        var error = scanned(body);
        return new Rejection(
                response.status(),
                response.header("content-type"),
                call.upstreamRequestId(),
                response.header("openai-processing-ms"),
                redacted(call, body),
                error == null ? null : error.errorCode(),
                error != null && error.isError());
    }

    /** Of an error inside an answer of the 200 class that says that the request was at fault. */
    static Rejection inside(Call call, int status, byte[] body) {
        return new Rejection(status, JSON, call.upstreamRequestId(), null, redacted(call, body), null, true);
    }

    int status() {
        return status;
    }

    /** The error's own code; null where it has none. */
    @Nullable
    String errorCode() {
        return errorCode;
    }

    /** True where it is an error as the protocol has them. */
    boolean inProtocolForm() {
        return inProtocolForm;
    }

    void write(Exchange exchange) throws IOException {
        var client = exchange.client();
        client.setStatus(status == CONFLICT ? BAD_REQUEST : status);
        // It was the request's own fault: the official clients would ask again after some of these.
        client.setHeader("x-should-retry", "false");
        client.setContentType(contentType == null ? JSON : contentType);
        exchange.headers(upstreamRequestId, processingMs);
        client.setContentLength(body.length);
        client.getOutputStream().write(body);
    }

    private static byte[] redacted(Call call, byte[] body) {
        return Redaction.of(body, call.secret(), call.pick().host());
    }

    private static @Nullable ScannedAnswer scanned(byte[] body) {
        try {
            return ScannedAnswer.of(body, 0, body.length, new ReceivedText(text -> 0));
        } catch (MalformedAnswerException notJson) {
            return null;
        }
    }
}
