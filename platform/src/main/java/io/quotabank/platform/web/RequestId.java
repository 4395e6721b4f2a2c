package io.quotabank.platform.web;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id that a request keeps over all hops. */
public final class RequestId {

    public static final String HEADER = "x-request-id";

    /** Its name in the logging context, and so in every log line. */
    public static final String MDC_KEY = "requestId";

    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{8,64}");

    /** True for what can be taken over from a caller: short, and harmless in a header and in a log. */
    public static boolean sane(@Nullable String text) {
        return text != null && SANE.matcher(text).matches();
    }

    private RequestId() {}
}
