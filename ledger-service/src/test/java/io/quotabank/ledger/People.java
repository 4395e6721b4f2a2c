package io.quotabank.ledger;

import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What proxies do for people, over HTTP as they do it. */
public final class People {

    /** Credits of a sign-up, in micro-credits. */
    public static final long SIGN_UP = 520_000_000;

    /** Where nobody listens. */
    public static final String NOBODY = "http://127.0.0.1:9/internal/leases/recall";

    private final Ledger ledger;

    public People(Ledger ledger) {
        this.ledger = ledger;
    }

    /** As a first sign-in does; nothing where there was one. */
    public static void signUp(Ledger ledger, UUID user) {
        ledger.bean(Grants.class).welcome(user);
    }

    /**
     * Accepts an invitation.
     *
     * @throws IllegalStateException where it is refused
     */
    public static void invite(Ledger ledger, UUID inviter, UUID invited) {
        var path = "/api/credits/invitation";
        var code =
                ledger.call("GET", path, TestIdentity.user(inviter), "").body().get("code");
        var told = ledger.call("POST", path, TestIdentity.user(invited), "{\"code\":" + code + "}");
        if (told.status() != 200) {
            throw new IllegalStateException(told.raw().body());
        }
    }

    public Answer lease(UUID user, long need, long want, Statement... replaced) {
        return lease(TestUsage.IDS.next(), user, NOBODY, need, want, replaced);
    }

    public Answer lease(UUID lease, UUID user, String recallUrl, long need, long want, Statement... replaced) {
        return lease(lease, user, recallUrl, null, need, want, replaced);
    }

    /** For an access key with a cap. */
    public Answer lease(UUID user, SpendingCap cap, long need, long want, Statement... replaced) {
        return lease(TestUsage.IDS.next(), user, NOBODY, cap, need, want, replaced);
    }

    public Answer lease(
            UUID lease,
            UUID user,
            String recallUrl,
            @Nullable SpendingCap cap,
            long need,
            long want,
            Statement... replaced) {
        var open = new Open(
                lease, user, "proxy-1", recallUrl, new Credits(need), new Credits(want), List.of(replaced), cap);
        var response = ledger.call(
                "POST",
                "/internal/leases",
                Ledger.proxyToken(),
                JsonMapper.shared().writeValueAsString(open));
        if (response.status() != 200) {
            throw new IllegalStateException(
                    response.status() + " " + response.raw().body());
        }
        return JsonMapper.shared().treeToValue(response.body(), Answer.class);
    }

    public int state(Statement statement) {
        return ledger.call(
                        "POST",
                        "/internal/leases/" + statement.leaseId() + "/statements",
                        Ledger.proxyToken(),
                        JsonMapper.shared().writeValueAsString(statement))
                .status();
    }

    /** What a cap has held and spent, in all, in micro-credits. */
    public long capHeld(UUID accessKey) {
        return ledger.number(
                "SELECT coalesce(sum(held), 0)::bigint FROM cap_window WHERE span = 'total' AND cap = ?", accessKey);
    }

    public long capSpent(UUID accessKey) {
        return ledger.number(
                "SELECT coalesce(sum(spent), 0)::bigint FROM cap_window WHERE span = 'total' AND cap = ?", accessKey);
    }

    /** A statement with nothing in flight. */
    public static Statement statement(UUID lease, long sequence, long spent, boolean last) {
        return new Statement(lease, sequence, new Credits(spent), List.of(), last);
    }

    public long posted(UUID user) {
        return ledger.number("SELECT coalesce(sum(posted), 0)::bigint FROM account WHERE code = ?", "user:" + user);
    }

    public long held(UUID user) {
        return ledger.number("SELECT held FROM account WHERE code = ?", "user:" + user);
    }

    public long debt(UUID user) {
        return ledger.number("SELECT coalesce(sum(posted), 0)::bigint FROM account WHERE code = ?", "debt:" + user);
    }

    /** What is left of the gifts of somebody who signed up. */
    public long given(UUID user) {
        return ledger.number(
                "SELECT greatest(0, lots - (debited - spread)) FROM account WHERE code = ?", "user:" + user);
    }

    /** What an owner of keys has got or is about to get. */
    public long earned(UUID owner) {
        return ledger.number("SELECT coalesce(sum(posted), 0)::bigint FROM account WHERE person = ?", owner);
    }

    public String status(UUID lease) {
        return ledger.jdbc().queryForObject("SELECT status FROM hold WHERE id = ?", String.class, lease);
    }

    /** Sends a closing record and waits until it is settled. */
    public void settled(Closed event) {
        UsageTopic.send(event);
        await().atMost(Duration.ofSeconds(30)).until(() -> settlements(event.requestId()) == 1);
    }

    public long settlements(UUID request) {
        return ledger.number("SELECT count(*) FROM settlement WHERE request = ?", request);
    }
}
