package io.quotabank.ledger;

import io.quotabank.ledger.Ledger.Response;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/** Another application, which holds people's credits over HTTP. */
public final class Application {

    public static final String HOLDS = "/api/credits/holds";

    private final Ledger ledger;
    private final UUID subject;
    private final String token;

    public Application(Ledger ledger) {
        this(ledger, UUID.randomUUID());
    }

    private Application(Ledger ledger, UUID subject) {
        this.ledger = ledger;
        this.subject = subject;
        this.token = TestIdentity.user(subject, "service");
    }

    /** The same application, speaking to another process. */
    public Application at(Ledger process) {
        return new Application(process, subject);
    }

    public String subject() {
        return subject.toString();
    }

    /**
     * On credits of somebody who has signed up.
     *
     * @param more further members, each with a comma before it
     */
    public Response open(UUID user, String amount, String more, String... headers) {
        People.signUp(ledger, user);
        var body = "{\"user_id\":\"%s\",\"amount\":%s,\"description\":\"a video\"%s}".formatted(user, amount, more);
        return ledger.call("POST", HOLDS, token, body, headers);
    }

    /** The id of a hold that is opened. */
    public UUID opened(UUID user, String amount) {
        return id(open(user, amount, ""));
    }

    public Response settle(UUID hold, String amount, String more, String... headers) {
        return ledger.call(
                "POST", HOLDS + "/" + hold + "/settle", token, "{\"amount\":%s%s}".formatted(amount, more), headers);
    }

    public Response release(UUID hold, String... headers) {
        return ledger.call("POST", HOLDS + "/" + hold + "/release", token, "", headers);
    }

    public Response extend(UUID hold, String body, String... headers) {
        return ledger.call("POST", HOLDS + "/" + hold + "/extend", token, body, headers);
    }

    public Response get(String path) {
        return ledger.call("GET", HOLDS + path, token, "");
    }

    public static UUID id(Response done) {
        if (done.status() != 200) {
            throw new IllegalStateException(done.status() + " " + done.raw().body());
        }
        return UUID.fromString(done.body().at("/hold/id").asString());
    }

    /** Lets a hold's time be over for so long, which only the owner of the tables can. */
    public static void expiredFor(Ledger ledger, UUID hold, Duration time) {
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.prepareStatement("UPDATE hold SET expires_at = now() - ? * interval '1 second',"
                        + " opened_at = now() - ? * interval '1 second' - interval '15 minutes' WHERE id = ?")) {
            statement.setLong(1, time.toSeconds());
            statement.setLong(2, time.toSeconds());
            statement.setObject(3, hold);
            if (statement.executeUpdate() != 1) {
                throw new IllegalStateException("no hold " + hold);
            }
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }
}
