package io.quotabank.gateway.door;

import org.jspecify.annotations.Nullable;

/**
 * Where a request wants to go, decided on the text that came over the wire. Only spellings with one meaning pass: what
 * a later hop could read in another way (dot segments, encoded separators, path parameters, backslashes, encoded per
 * cent signs) is malformed, so no spelling reaches a path that is not public.
 *
 * @param uri path and query for the next hop
 */
record RequestTarget(Kind kind, String uri) {

    enum Kind {
        /** Goes to proxy-service as it is. */
        RELAYED,
        /** Goes to the routes of {@code /api} and the few pages of the gateway itself. */
        ROUTED,
        UNKNOWN,
        MALFORMED
    }

    private static final RequestTarget MALFORMED = new RequestTarget(Kind.MALFORMED, "/");

    static RequestTarget of(String raw) {
        var origin = originForm(raw);
        if (origin == null) {
            return MALFORMED;
        }
        int query = origin.indexOf('?');
        var path = query < 0 ? origin : origin.substring(0, query);
        var kind = kind(path);
        var slashes = new int[1];
        if (!plain(path, slashes) || origin.indexOf('#') >= 0) {
            return MALFORMED;
        }
        if (slashes[0] == 0) {
            return new RequestTarget(kind, origin);
        }
        // A model's name may hold a slash. Nowhere else has an encoded one a meaning.
        return kind != Kind.RELAYED
                ? MALFORMED
                : new RequestTarget(
                        kind,
                        path.replace("%2F", "/").replace("%2f", "/") + (query < 0 ? "" : origin.substring(query)));
    }

    /** True for paths that speak OpenAI's protocol, whose errors are told in its form. */
    static boolean speaksOpenAi(String path) {
        return within(path, "/v1") || within(path, "/api/v1/proxy");
    }

    private static Kind kind(String path) {
        if (speaksOpenAi(path)) {
            return Kind.RELAYED;
        }
        return path.equals("/") || path.equals("/health") || path.startsWith("/api/") ? Kind.ROUTED : Kind.UNKNOWN;
    }

    private static boolean within(String path, String root) {
        return path.startsWith(root)
                && (path.length() == root.length() || "/?".indexOf(path.charAt(root.length())) >= 0);
    }

    // RFC 9112, section 3.2.2: a server accepts the absolute form too; its authority means nothing here.
    private static @Nullable String originForm(String raw) {
        if (raw.startsWith("/")) {
            return raw;
        }
        int scheme =
                raw.regionMatches(true, 0, "http://", 0, 7) ? 7 : raw.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
        int path = scheme == 0 ? -1 : raw.indexOf('/', scheme);
        return path < 0 ? null : raw.substring(path);
    }

    /** Walks once over the path; counts encoded slashes. */
    private static boolean plain(String path, int[] encodedSlashes) {
        // Length of a segment that consists of dots so far, else -1.
        int dots = 0;
        for (int i = 0; i < path.length(); i++) {
            int c = path.charAt(i);
            if (c == '%') {
                c = encoded(path, i);
                i += 2;
                encodedSlashes[0] += c == '/' ? 1 : 0;
                if (c < ' ' || c == 0x7f || c == '%') {
                    return false;
                }
            } else if (c <= ' ' || c >= 0x7f) {
                return false;
            }
            if (c == '\\' || c == ';') {
                return false;
            }
            if (c == '/') {
                if (dots == 1 || dots == 2) {
                    return false;
                }
                dots = 0;
            } else {
                dots = c == '.' && dots >= 0 ? dots + 1 : -1;
            }
        }
        return dots != 1 && dots != 2;
    }

    /** The byte that is written as %XX, or -1. */
    private static int encoded(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
