package io.quotabank.sandboxpay.notice;

import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** What a notification says; written and signed anew each time it is sent. */
@FunctionalInterface
public interface Letter {

    /** What goes over the wire. */
    record Envelope(URI to, Map<String, String> headers, String body) {}

    /** What is wrong with it. */
    enum Forgery {
        NONE,
        /** Signed with a key that nobody trusts. */
        SIGNATURE,
        /** Changed after it was signed. */
        BODY,
        /** Signed an hour ago (Alipay: two days ago, as its messages live longer). */
        OLD
    }

    Envelope write(Forgery forgery, Instant now);
}
