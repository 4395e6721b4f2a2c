package io.quotabank.gateway.identity;

import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.gateway.refusal.Refusal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells who is calling from the header {@code Authorization}: an access key or a person's token, as a bearer. */
@Component
public class Identity {

    private static final String SCHEME = "Bearer ";

    private static final CompletableFuture<Verdict> MISSING = CompletableFuture.completedFuture(new Verdict.Refused(
            Refusal.unauthenticated("No credentials: send 'Authorization: Bearer' with an access key or a token.")));

    private final AccessKeys accessKeys;
    private final People people;

    Identity(AccessKeys accessKeys, People people) {
        this.accessKeys = accessKeys;
        this.people = people;
    }

    /** Never fails: what can't be decided is a refusal with 503. Done at once for callers that are known. */
    public CompletableFuture<Verdict> identify(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return MISSING;
        }
        var secret = authorization.substring(SCHEME.length()).strip();
        return secret.startsWith(AccessKeySecret.PREFIX) ? accessKeys.identify(secret) : people.identify(secret);
    }
}
