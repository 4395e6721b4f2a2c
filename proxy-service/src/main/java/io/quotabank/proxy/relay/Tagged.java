package io.quotabank.proxy.relay;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** JSON with a tag made of its bytes: a client that has the same already is not sent it again (RFC 9110, 13.1.2). */
final class Tagged {

    private static final int TAG_BYTES = 16;

    static void write(byte[] json, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var tag = tag(json);
        response.setHeader("etag", tag);
        // Who asks decides what is listed.
        response.setHeader("vary", "authorization, anthropic-version");
        response.setHeader("cache-control", "private, no-cache");
        var known = request.getHeader("If-None-Match");
        if (known != null && (known.strip().equals("*") || known.contains(tag))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType("application/json");
        response.setContentLength(json.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(json);
        }
    }

    private static String tag(byte[] json) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(json);
            return '"' + HexFormat.of().formatHex(Arrays.copyOf(digest, TAG_BYTES)) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private Tagged() {}
}
