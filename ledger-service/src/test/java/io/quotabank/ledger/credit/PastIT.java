package io.quotabank.ledger.credit;

import static io.quotabank.ledger.Applications.admin;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class PastIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);
    private static final int LOADED = 40_000;
    private static final Pattern ROWS = Pattern.compile("actual rows=(\\d+)");

    private record Entry(long seq, Instant at, long after) {}

    private final UUID user = UUID.randomUUID();

    @Test
    void theBalanceOfAnInstantIsWhatTheEntriesUntilThenLeft() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 60)
                    .<Callable<Response>>mapToObj(i -> () ->
                            i % 3 == 0 ? recharge() : APPLICATIONS.consume(videos(), user, "\"action\":\"character\""))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                assertThat(told(call.get())).isEqualTo("200");
            }
        }
        var past = LEDGER.bean(Past.class);
        var account = new AccountId(LEDGER.number("SELECT id FROM account WHERE code = ?", "user:" + user));
        var entries = entries();
        assertThat(entries).hasSize(61);
        assertThat(entries).extracting(Entry::at).isSorted().doesNotHaveDuplicates();
        for (var entry : entries) {
            assertThat(past.at(account, entry.at()).orElseThrow())
                    .isEqualTo(new Past.Standing(entry.seq(), new Credits(entry.after())));
            assertThat(past.at(account, entry.at().minusNanos(1_000))
                            .orElseThrow()
                            .seq())
                    .isEqualTo(entry.seq() - 1);
        }
        assertThat(past.at(account, Instant.now().plusSeconds(60)).orElseThrow().seq())
                .isEqualTo(61);
    }

    @Test
    void isToldToWhoMaySeeTheBalance() {
        var token = TestIdentity.user(user);
        assertThat(told(at(token, Long.toString(System.currentTimeMillis())))).isEqualTo("200");
        APPLICATIONS.consume(videos(), user, "\"action\":\"video\"");
        var before = at(token, "2026-01-31T12:00:00Z");
        assertThat(before.body().toString())
                .isEqualTo("{\"success\":true,\"user_id\":\"" + user + "\",\"credits\":0,\"at\":1769860800000}");
        var now = Instant.now().toString();
        assertThat(at(token, now).body().get("credits").toString()).isEqualTo("470");
        assertThat(at(admin(), now).body().get("credits").toString()).isEqualTo("470");
        assertThat(told(at(TestIdentity.user(UUID.randomUUID()), now))).isEqualTo("404 not_found");
        for (var wrong : List.of("x", "", "-1", "9999999999999", "1960-01-01T00:00:00Z", "2026-01-31")) {
            assertThat(told(at(token, wrong))).as(wrong).isEqualTo("400 malformed_request");
        }
        for (var seconds : List.of("0", "1769860800", "99999999999")) {
            assertThat(at(token, seconds).body().path("detail").asString())
                    .as(seconds)
                    .isEqualTo("at 为自 1970 年起的毫秒数，不是秒数");
        }
        assertThat(told(at(token, "100000000000"))).isEqualTo("200");
    }

    /** Forty thousand entries, of which the deep page is the thousandth. */
    @Test
    void aDeepPageHasTheNewestPagesPlanAndAnInstantIsFoundByIndex() throws SQLException {
        try (var owner = LEDGER.database().connect(LEDGER.database().owner());
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            load(statement);
            // Months without a row may be read as a whole.
            var scan =
                    "Seq Scan on transfer_" + LEDGER.number("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::int");
            statement.execute("PREPARE page (bigint, bigint, bigint) AS "
                    + numbered(History.PAGE, "$1", "$2", "$3", "$1", "$2", "$3", "$3"));
            statement.execute("PREPARE past (bigint, timestamptz) AS "
                    + Past.LAST.replace(":account", "$1").replace(":at", "$2"));
            for (var mode : List.of("force_custom_plan", "force_generic_plan")) {
                statement.execute("SET LOCAL plan_cache_mode = " + mode);
                var newest = explain(owner, "page (-7, " + Long.MAX_VALUE + ", 20)");
                var deep = explain(owner, "page (-7, " + (LOADED - 999 * 20) + ", 20)");
                assertThat(shape(deep)).as(mode).isEqualTo(shape(newest)).noneMatch(line -> line.contains(scan));
                assertThat(mostRows(newest)).isLessThanOrEqualTo(40);
                assertThat(mostRows(deep)).isLessThanOrEqualTo(40);
            }

            var past = explain(owner, "past (-7, '2001-01-01 06:00:00Z')");
            assertThat(shape(past)).noneMatch(line -> line.contains(scan));
            assertThat(mostRows(past)).isLessThanOrEqualTo(40);
            try (var row = statement.executeQuery("EXECUTE past (-7, '2001-01-01 06:00:00Z')")) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(6 * 3_600 + 1);
            }
            owner.rollback();
        }
    }

    @Test
    void aPageIsPlannedOnceForAllAccounts() {
        LEDGER.undone(() -> {
            for (int i = 0; i < 20; i++) {
                LEDGER.bean(History.class).page(new AccountId(-7 - i), Long.MAX_VALUE, 20);
            }
            var plans = LEDGER.bean(JdbcTemplate.class).queryForMap("""
                            SELECT sum(generic_plans) > 10 AS generic, sum(custom_plans) > 0 AS custom
                            FROM pg_prepared_statements WHERE statement LIKE '%credit_seq DESC LIMIT $6)) AS page%'
                            """);
            assertThat(plans).containsEntry("generic", true).containsEntry("custom", false);
        });
    }

    private static String numbered(String sql, String... parameters) {
        var numbered = sql;
        for (var parameter : parameters) {
            numbered = numbered.replaceFirst("\\?", Matcher.quoteReplacement(parameter));
        }
        return numbered;
    }

    /** One entry a second, of this month's ids; every other one a debit. */
    private static void load(Statement statement) throws SQLException {
        statement.execute("INSERT INTO account (id, code, kind, side, person, seq) OVERRIDING SYSTEM VALUE"
                + " VALUES (-7, 'user:x', 'user', 'credit', gen_random_uuid(), " + LOADED + ")");
        statement.execute("""
                INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type,
                                      created_at)
                SELECT overlay(uuid_floor(now())::text PLACING lpad(to_hex(i), 12, '0') FROM 25)::uuid,
                       CASE i %% 2 WHEN 0 THEN -7 ELSE -8 END, CASE i %% 2 WHEN 0 THEN -8 ELSE -7 END,
                       1, i, i, i, i, 'bonus', TIMESTAMPTZ '2001-01-01 00:00:00Z' + make_interval(secs => i - 1)
                FROM generate_series(1, %d) AS i""".formatted(LOADED));
        statement.execute("ANALYZE transfer");
    }

    private static List<String> explain(Connection owner, String execute) throws SQLException {
        var lines = new ArrayList<String>();
        try (var statement = owner.createStatement();
                var rows = statement.executeQuery(
                        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) EXECUTE " + execute)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines;
    }

    private static List<String> shape(List<String> plan) {
        return plan.stream()
                .filter(line -> line.contains("->") || !line.startsWith(" "))
                .map(line -> line.replaceAll("\\(.*", ""))
                .toList();
    }

    private static int mostRows(List<String> plan) {
        return plan.stream()
                .map(ROWS::matcher)
                .filter(matcher -> matcher.find())
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .max()
                .orElseThrow();
    }

    private Response at(String token, String instant) {
        return LEDGER.call("GET", "/api/credits/balance/" + user + "?at=" + instant, token, "");
    }

    private Response recharge() {
        return LEDGER.call("POST", "/api/credits/recharge", videos(), "{\"user_id\":\"" + user + "\",\"credits\":7}");
    }

    private List<Entry> entries() {
        return LEDGER.jdbc()
                .query(
                        "SELECT e.seq, e.created_at, balance_after FROM entry e JOIN account a ON a.id = e.account"
                                + " WHERE a.code = ? ORDER BY e.seq",
                        (row, index) ->
                                new Entry(row.getLong(1), row.getTimestamp(2).toInstant(), row.getLong(3)),
                        "user:" + user);
    }
}
