package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.escrow.EscrowStore.Filter;
import io.quotabank.ledger.hold.Hold.Status;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class HoldListIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "user", "admin");

    private final Application video = new Application(LEDGER);
    private final UUID user = UUID.randomUUID();

    @Test
    void pagesAreNewestFirstAndMissNothing() {
        var opened = new ArrayList<String>();
        for (int i = 0; i < 7; i++) {
            opened.addFirst(video.opened(user, "1").toString());
        }
        new Application(LEDGER).opened(user, "1");
        new People(LEDGER).lease(user, 1, 1);
        var found = new ArrayList<String>();
        var cursor = "";
        int pages = 0;
        do {
            var page = video.get("?limit=3" + cursor).body();
            page.get("holds").forEach(hold -> found.add(hold.get("id").asString()));
            cursor = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asString();
            pages++;
        } while (!cursor.isEmpty());
        assertThat(found).isEqualTo(opened);
        assertThat(pages).isEqualTo(3);
        assertThat(ids(ADMIN, "?user_id=" + user)).hasSize(8);
        assertThat(ids(ADMIN, "?user_id=" + user + "&application=" + video.subject()))
                .isEqualTo(opened);
        assertThat(video.get("?limit=7").body().get("next").isNull()).isTrue();
    }

    @Test
    void everyStatusCanBeAskedFor() {
        var active = video.opened(user, "1").toString();
        var exhausted = video.opened(user, "1");
        video.settle(exhausted, "1", "");
        var released = video.opened(user, "1");
        video.release(released);
        var expired = video.opened(user, "1");
        Application.expiredFor(LEDGER, expired, Duration.ofSeconds(1));
        LEDGER.bean(EscrowExpiryJob.class).run();
        await().until(() -> new People(LEDGER).status(expired).equals("expired"));
        var token = TestIdentity.user(user);
        assertThat(ids(token, "?status=active")).containsExactly(active);
        assertThat(ids(token, "?status=exhausted")).containsExactly(exhausted.toString());
        assertThat(ids(token, "?status=released")).containsExactly(released.toString());
        assertThat(ids(token, "?status=expired")).containsExactly(expired.toString());
        assertThat(ids(token, "")).hasSize(4);
        assertThat(video.get("?status=active&user_id=" + user)
                        .body()
                        .get("holds")
                        .size())
                .isEqualTo(1);
        assertThat(video.get("/" + expired).body().get("released").toString()).isEqualTo("1");
    }

    @Test
    void anothersAreNotFoundExceptByThoseWhoLookAfterThem() {
        var hold = video.opened(user, "1").toString();
        assertThat(status(TestIdentity.user(UUID.randomUUID()), "?user_id=" + user))
                .isEqualTo(404);
        assertThat(status(TestIdentity.user(user), "?application=" + video.subject()))
                .as("a person narrows their own list")
                .isEqualTo(200);
        assertThat(status(TestIdentity.user(UUID.randomUUID(), "service"), "?application=" + video.subject()))
                .isEqualTo(404);
        assertThat(ids(TestIdentity.user(UUID.randomUUID(), "service"), "?user_id=" + user))
                .as("of others' holds an application sees none")
                .isEmpty();
        for (var token : List.of(ADMIN, TestIdentity.user(UUID.randomUUID(), "auditor"), TestIdentity.user(user))) {
            assertThat(ids(token, "?user_id=" + user)).containsExactly(hold);
            assertThat(status(token, "/" + hold)).isEqualTo(200);
        }
        assertThat(status(TestIdentity.user(UUID.randomUUID()), "/" + hold)).isEqualTo(404);
        assertThat(ids(ADMIN, "?user_id=" + UUID.randomUUID())).isEmpty();
        assertThat(status(null, "")).isEqualTo(401);
    }

    @Test
    void malformedQueriesAreRefused() {
        for (var query : List.of(
                "?limit=0", "?limit=101", "?limit=x", "?cursor=x", "?status=gone", "?status=ACTIVE", "?user_id=me")) {
            assertThat(video.get(query).status()).as(query).isEqualTo(400);
        }
        assertThat(status(ADMIN, "")).as("whose").isEqualTo(400);
    }

    /** Told by the blocks that are read: the table has hundreds. */
    @Test
    @Tag("long")
    void aPageReadsFewBlocksHoweverManyHoldsThereAre() throws SQLException {
        var account = LEDGER.bean(Accounts.class).open(AccountCode.user(user));
        try (var owner = LEDGER.database().connect(LEDGER.database().owner());
                var statement = owner.createStatement()) {
            statement.execute("""
                    INSERT INTO hold (id, account, kind, application, description, amount, released, status, expires_at)
                    SELECT uuidv7(), %d, 'application', '%s', repeat('x', 100), 1, 1, 'released', now() + interval '1 hour'
                    FROM generate_series(1, 20000)""".formatted(account.value(), video.subject()));
            statement.execute("ANALYZE hold");
        }
        var last = video.opened(user, "1");
        for (var filter : List.of(
                new Filter(account, null, null, null, 21),
                new Filter(account, null, null, last, 21),
                new Filter(null, video.subject(), null, null, 21),
                new Filter(null, video.subject(), null, last, 21),
                new Filter(null, video.subject(), Status.ACTIVE, null, 21))) {
            var plan = LEDGER.jdbc()
                    .queryForObject(
                            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + filter.sql(), String.class, filter.values());
            var top = JsonMapper.shared().readTree(plan).at("/0/Plan");
            long blocks = top.get("Shared Hit Blocks").asLong()
                    + top.get("Shared Read Blocks").asLong();
            assertThat(blocks).as(plan).isBetween(1L, 200L);
        }
    }

    private static List<String> ids(String token, String query) {
        var body = LEDGER.call("GET", Application.HOLDS + query, token, "").body();
        return body.get("holds")
                .valueStream()
                .map(hold -> hold.get("id").asString())
                .toList();
    }

    private static int status(String token, String path) {
        return LEDGER.call("GET", Application.HOLDS + path, token, "").status();
    }
}
