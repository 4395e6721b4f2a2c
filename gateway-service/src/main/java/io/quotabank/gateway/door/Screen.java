package io.quotabank.gateway.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quotabank.gateway.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a request's head means the same to every hop behind us. What Netty's decoder lets through but two
 * servers could frame or read in different ways is refused.
 *
 * @param mostHeaders the most header lines
 * @param mostRouted the largest body on paths that are not relayed, in bytes
 */
record Screen(int mostHeaders, long mostRouted) {

    static final Refusal SLOW =
            new Refusal(408, "request_timeout", "request_timeout", "The request's body took too long.", 0);

    private static final Refusal URI_TOO_LONG =
            new Refusal(414, "invalid_request", "uri_too_long", "The request's address is too long.", 0);
    private static final Refusal HEADERS_TOO_LARGE = new Refusal(
            431, "invalid_request", "headers_too_large", "The request's headers are too many or too large.", 0);
    private static final Refusal ADDRESS =
            Refusal.malformed("The address has parts that could be read in more than one way.");
    private static final Refusal METHOD =
            new Refusal(405, "method_not_allowed", "method_not_allowed", "This method is not allowed here.", 0);
    private static final Refusal NOT_HTTP = Refusal.malformed("The request is not well-formed HTTP/1.1.");
    private static final Refusal HOST = Refusal.malformed("The request must name its host, once.");
    private static final Refusal FRAMING =
            Refusal.malformed("The request's body must have a length or be sent in chunks, not both, not otherwise.");
    private static final Refusal TWO_CREDENTIALS = Refusal.malformed("More than one header 'Authorization'.");
    private static final Refusal EXPECTATION = Refusal.malformed("The only known expectation is 100-continue.");

    /** Null when there is nothing to object to. */
    @Nullable
    Refusal objection(HttpRequest request, RequestTarget target) {
        if (request.decoderResult().isFailure()) {
            return undecodable(request.decoderResult().cause());
        }
        var objection = objection(request);
        return objection != null
                ? objection
                : switch (target.kind()) {
                    case MALFORMED -> ADDRESS;
                    case UNKNOWN -> Refusal.notFound();
                    case MISSPELLED -> Refusal.notFound(target.uri());
                    case ROUTED -> HttpUtil.getContentLength(request, 0L) > mostRouted ? tooLarge() : null;
                    // The relay has its own bound.
                    case RELAYED -> null;
                };
    }

    Refusal tooLarge() {
        return Refusal.tooLarge(mostRouted);
    }

    private @Nullable Refusal objection(HttpRequest request) {
        var headers = request.headers();
        if (headers.size() > mostHeaders) {
            return HEADERS_TOO_LARGE;
        }
        if (request.method().equals(HttpMethod.TRACE) || request.method().equals(HttpMethod.CONNECT)) {
            return METHOD;
        }
        boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (!old && !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            return NOT_HTTP;
        }
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && !old)) {
            return HOST;
        }
        if (!framed(headers, old)) {
            return FRAMING;
        }
        if (headers.getAll(HttpHeaderNames.AUTHORIZATION).size() > 1) {
            return TWO_CREDENTIALS;
        }
        var expected = headers.get(HttpHeaderNames.EXPECT);
        return expected == null || HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected) ? null : EXPECTATION;
    }

    private static boolean framed(HttpHeaders headers, boolean old) {
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        var encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return !old
                && encodings.size() == 1
                && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                        encodings.getFirst().strip())
                && !headers.contains(HttpHeaderNames.CONTENT_LENGTH);
    }

    private static Refusal undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException ? HEADERS_TOO_LARGE : NOT_HTTP;
    }
}
