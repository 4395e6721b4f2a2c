package io.quotabank.gateway.relay;

import io.quotabank.gateway.refusal.Refusal;

/** Why the relay itself answers. */
final class Reasons {

    static final Refusal BUSY = Refusal.unavailable("Too many requests are under way.", 1);
    static final Refusal NOBODY_THERE = Refusal.unavailable("No proxy can be reached right now.", 1);
    static final Refusal UNDECIDED = Refusal.unavailable("The caller can't be verified right now.", 2);
    static final Refusal LOST =
            new Refusal(502, "service_unavailable", "bad_gateway", "The connection was lost before an answer came.", 1);
    static final Refusal LATE = new Refusal(504, "timeout", "gateway_timeout", "The answer took too long.", 0);
    static final Refusal FRAMING = Refusal.malformed("The request's body is not framed as HTTP demands.");

    static final Refusal NOT_FOR_APPLICATIONS =
            Refusal.forbidden("An application has no credits of its own: call models with a person's access key.");

    static final Refusal TOO_OFTEN = new Refusal(
            429,
            "rate_limit_exceeded",
            "unauthenticated",
            "Too many requests without credentials: send 'Authorization: Bearer' with an access key.",
            Passersby.WINDOW_S);

    static Refusal tooLarge(RelayProperties properties) {
        return Refusal.tooLarge(properties.bodyLimit().toBytes());
    }

    private Reasons() {}
}
