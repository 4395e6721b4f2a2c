package io.quotabank.ledger;

import io.quotabank.ledger.Ledger.Response;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What other applications do, over HTTP as they do it. */
public final class Applications {

    private static final UUID ADMINISTRATOR = UUID.randomUUID();

    private final Ledger ledger;

    public Applications(Ledger ledger) {
        this.ledger = ledger;
    }

    /** An application's token; one lives a minute. */
    public static String videos() {
        return TestIdentity.service("pool-service");
    }

    /** Another application's. */
    public static String scripts() {
        return TestIdentity.service("risk-service");
    }

    public static String admin() {
        return TestIdentity.user(ADMINISTRATOR, "admin");
    }

    /**
     * Of somebody who has signed up.
     *
     * @param rest of the body, after the person's id; headers follow in pairs
     */
    public Response consume(@Nullable String token, UUID user, String rest, String... headers) {
        People.signUp(ledger, user);
        return ledger.call(
                "POST", "/api/credits/consume", token, "{\"user_id\":\"" + user + "\"," + rest + "}", headers);
    }

    public Response refund(@Nullable String token, String consumption, String body, String... headers) {
        return ledger.call("POST", "/api/credits/consumptions/" + consumption + "/refund", token, body, headers);
    }

    /** In English, under a key. */
    public static String[] key(String key) {
        return new String[] {"Idempotency-Key", key, "Accept-Language", "en"};
    }

    /** An answer's status and, where it is a refusal, its code. */
    public static String told(Response response) {
        var code = response.body().path("code").asString("");
        return code.isEmpty() ? Integer.toString(response.status()) : response.status() + " " + code;
    }
}
