package io.quotabank.gateway.door;

import org.jspecify.annotations.Nullable;

/**
 * Where a request wants to go, decided on the text that came over the wire. Only spellings with one meaning pass: what
 * a later hop could read in another way (dot segments, encoded separators, path parameters, backslashes, encoded per
 * cent signs) is malformed, so no spelling reaches a path that is not public.
 *
 * @param uri path and query for the next hop; for a misspelled one, the path that was most likely meant
 */
record RequestTarget(Kind kind, String uri) {

    enum Kind {
        /** Goes to proxy-service. */
        RELAYED,
        /** Goes to the routes of {@code /api} and the few pages of the gateway itself. */
        ROUTED,
        UNKNOWN,
        /** Unknown, and meant to be relayed. */
        MISSPELLED,
        MALFORMED
    }

    // What is to be said of a path besides where it leads.
    private static final int ODD = 1;
    private static final int ENCODED_SLASH = 2;
    private static final int EMPTY_SEGMENT = 4;

    private static final RequestTarget MALFORMED = new RequestTarget(Kind.MALFORMED, "/");

    static RequestTarget of(String raw) {
        var origin = originForm(raw);
        if (origin == null) {
            return MALFORMED;
        }
        int query = origin.indexOf('?');
        var path = query < 0 ? origin : origin.substring(0, query);
        var kind = kind(path);
        int looks = looks(path);
        if ((looks & ODD) != 0 || origin.indexOf('#') >= 0) {
            return MALFORMED;
        }
        return looks == 0 && (kind == Kind.RELAYED ? !path.startsWith("/v1/v1") : isRoute(kind, path))
                ? new RequestTarget(kind, origin)
                : spelled(kind, origin, path, looks);
    }

    /** Anything but the usual: what is meant by it, where that can be one thing only. */
    private static RequestTarget spelled(Kind kind, String origin, String path, int looks) {
        boolean encoded = (looks & ENCODED_SLASH) != 0;
        // A model's name may hold a slash. Nowhere else has an encoded one a meaning.
        var decoded = encoded ? path.replace("%2F", "/").replace("%2f", "/") : path;
        var meant = Spelling.meant(decoded);
        if (meant != null) {
            return new RequestTarget(Kind.RELAYED, meant + origin.substring(path.length()));
        }
        if (encoded) {
            return MALFORMED;
        }
        var hint = kind == Kind.UNKNOWN ? Spelling.hint(path) : null;
        return hint == null ? new RequestTarget(kind, origin) : new RequestTarget(Kind.MISSPELLED, hint);
    }

    private static boolean isRoute(Kind kind, String path) {
        return kind == Kind.ROUTED && !path.startsWith("/api/v1/");
    }

    /** True where errors are told in OpenAI's form. */
    boolean speaksOpenAi(String raw) {
        return kind == Kind.RELAYED || kind == Kind.MISSPELLED || speaksOpenAiByPath(raw);
    }

    /** True for paths that speak OpenAI's protocol, whose errors are told in its form. */
    private static boolean speaksOpenAiByPath(String path) {
        return within(path, "/v1") || within(path, "/api/v1/proxy");
    }

    private static Kind kind(String path) {
        if (speaksOpenAiByPath(path)) {
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

    /** Walks once over the path. */
    private static int looks(String path) {
        int looks = 0;
        // Length of a segment that consists of dots so far, else -1.
        int dots = -1;
        for (int i = 0; i < path.length(); i++) {
            int c = path.charAt(i);
            if (c == '%') {
                c = encoded(path, i);
                i += 2;
                looks |= c == '/' ? ENCODED_SLASH : 0;
                if (c < ' ' || c == 0x7f || c == '%') {
                    return ODD;
                }
            } else if (c <= ' ' || c >= 0x7f) {
                return ODD;
            }
            if (c == '\\' || c == ';') {
                return ODD;
            }
            if (c == '/') {
                if (dots == 1 || dots == 2) {
                    return ODD;
                }
                looks |= dots == 0 ? EMPTY_SEGMENT : 0;
                dots = 0;
            } else {
                dots = c == '.' && dots >= 0 ? dots + 1 : -1;
            }
        }
        if (dots == 1 || dots == 2) {
            return ODD;
        }
        return dots == 0 && path.length() > 1 ? looks | EMPTY_SEGMENT : looks;
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
