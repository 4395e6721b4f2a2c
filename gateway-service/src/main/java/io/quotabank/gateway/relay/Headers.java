package io.quotabank.gateway.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.quotabank.platform.web.RequestId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which headers end at this hop. */
final class Headers {

    static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");

    private static final List<AsciiString> HOP_BY_HOP = List.of(
            HttpHeaderNames.CONNECTION,
            AsciiString.cached("keep-alive"),
            AsciiString.cached("te"),
            AsciiString.cached("trailer"),
            AsciiString.cached("transfer-encoding"),
            AsciiString.cached("upgrade"));

    // What only we may say to our services, and what is between the client and this door alone.
    private static final List<AsciiString> OURS = List.of(
            AsciiString.cached("cookie"),
            AsciiString.cached("expect"),
            AsciiString.cached("forwarded"),
            AsciiString.cached("via"),
            Credentials.API_KEY,
            AsciiString.cached("x-real-ip"));

    private static final String PROXY_PREFIX = "proxy-";
    private static final String FORWARDED_PREFIX = "x-forwarded-";
    private static final String OWN_PREFIX = "x-quotabank-";

    /** What a request takes along besides our own; its framing is written anew by whoever sends it. */
    static void cleanRequest(HttpHeaders headers) {
        clean(headers, true);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    }

    /** What an answer takes along, framed as it came. */
    static void cleanAnswer(HttpResponse answer, String requestId) {
        boolean chunked = HttpUtil.isTransferEncodingChunked(answer);
        var headers = answer.headers();
        clean(headers, false);
        if (chunked) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (!headers.contains(RequestId.HEADER)) {
            headers.set(RequestId.HEADER, requestId);
        }
    }

    private static void clean(HttpHeaders headers, boolean request) {
        // RFC 9110, section 7.6.1: what Connection names ends here as well.
        for (var named : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (var token : named.split(",", -1)) {
                if (!token.isBlank()) {
                    headers.remove(token.strip());
                }
            }
        }
        List<CharSequence> ending = null;
        for (var entries = headers.iteratorCharSequence(); entries.hasNext(); ) {
            var name = entries.next().getKey();
            if (endsHere(name, request)) {
                ending = ending == null ? new ArrayList<>(4) : ending;
                ending.add(name);
            }
        }
        remove(headers, ending);
    }

    private static void remove(HttpHeaders headers, @Nullable List<CharSequence> names) {
        if (names != null) {
            names.forEach(headers::remove);
        }
    }

    // Looks at the first letter before anything else: most headers begin with none of these.
    private static boolean endsHere(CharSequence name, boolean request) {
        return switch (name.charAt(0) | 0x20) {
            case 'c', 'e', 'f', 'k', 't', 'u', 'v' -> among(HOP_BY_HOP, name) || (request && among(OURS, name));
            case 'p' -> startsWith(name, PROXY_PREFIX);
            case 'x' ->
                request && (startsWith(name, FORWARDED_PREFIX) || startsWith(name, OWN_PREFIX) || among(OURS, name));
            default -> false;
        };
    }

    private static boolean among(List<AsciiString> names, CharSequence name) {
        for (var candidate : names) {
            if (candidate.contentEqualsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(CharSequence name, String prefix) {
        return AsciiString.regionMatches(name, true, 0, prefix, 0, prefix.length());
    }

    private Headers() {}
}
