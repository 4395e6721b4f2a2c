package io.quotabank.gateway.door;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How people write the base address: without {@code /v1}, with it twice, with slashes too many. Each is read as the one
 * address that is meant; nothing is redirected, for many clients follow no redirect.
 */
final class Spelling {

    /** What the paths under {@code /v1} begin with. No page or route of the gateway's own does. */
    private static final Set<String> ROOTS = Set.of(
            "audio",
            "chat",
            "completions",
            "embeddings",
            "images",
            "messages",
            "models",
            "moderations",
            "rerank",
            "responses");

    private static final String VERSION = "v1";
    private static final String ROOT = "/v1";
    private static final String BY_MODEL = "/api/v1/proxy";

    /** The relayed path that is meant by a path without encoded slashes; null where none is. */
    static @Nullable String meant(String path) {
        var segments = segments(path);
        if (begins(segments, "api", VERSION, "proxy")) {
            return BY_MODEL + joined(segments.subList(3, segments.size()));
        }
        // As OpenRouter's clients have it.
        int first = begins(segments, "api", VERSION) ? 1 : 0;
        int root = first;
        while (first < segments.size() && segments.get(first).equals(VERSION)) {
            first++;
        }
        var rest = segments.subList(first, segments.size());
        boolean known = !rest.isEmpty() && ROOTS.contains(rest.getFirst());
        return known || (root == 0 && first > 0) ? ROOT + joined(rest) : null;
    }

    /** What to tell whoever calls a path that is nothing here, but looks as if it were to speak OpenAI's protocol. */
    static @Nullable String hint(String path) {
        var segments = segments(path.toLowerCase(Locale.ROOT));
        for (int i = 0; i < segments.size(); i++) {
            if (ROOTS.contains(segments.get(i))) {
                return ROOT + joined(segments.subList(i, Math.min(segments.size(), i + 2)));
            }
        }
        return segments.contains(VERSION) ? ROOT : null;
    }

    private static boolean begins(List<String> segments, String... with) {
        return segments.size() >= with.length
                && segments.subList(0, with.length).equals(List.of(with));
    }

    private static List<String> segments(String path) {
        var segments = new ArrayList<String>();
        int from = 0;
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
            add(segments, path.substring(from, slash));
            from = slash + 1;
        }
        add(segments, path.substring(from));
        return segments;
    }

    private static void add(List<String> segments, String segment) {
        if (!segment.isEmpty()) {
            segments.add(segment);
        }
    }

    private static String joined(List<String> segments) {
        var path = new StringBuilder();
        for (var segment : segments) {
            path.append('/').append(segment);
        }
        return path.toString();
    }

    private Spelling() {}
}
