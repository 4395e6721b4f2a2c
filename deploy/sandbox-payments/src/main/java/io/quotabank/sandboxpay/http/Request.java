package io.quotabank.sandboxpay.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request, read whole.
 *
 * @param target path and query as they came
 * @param headers by names in lower case
 */
public record Request(String method, String target, Map<String, String> headers, String body) {

    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Parameters of the query and of a form. */
    public Map<String, String> parameters() {
        var parameters = new LinkedHashMap<String, String>();
        int query = target.indexOf('?');
        if (query >= 0) {
            read(target.substring(query + 1), parameters);
        }
        if (header("content-type").startsWith("application/x-www-form-urlencoded")) {
            read(body, parameters);
        }
        return parameters;
    }

    private static void read(String form, Map<String, String> into) {
        for (var pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                into.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
