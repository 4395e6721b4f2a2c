package io.quotabank.ledger.statement;

import static io.quotabank.ledger.Applications.admin;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);

    private final UUID user = UUID.randomUUID();

    @Test
    void tellsEveryEntryBetweenTheBalancesBeforeAndAfter() {
        consume("video", "ok");
        var lines = csv("", "en").lines().toList();
        assertThat(lines.getFirst())
                .isEqualTo("\uFEFF\"Time\",\"Type\",\"Description\",\"Change\",\"Balance\",\"Entry\"");
        assertThat(lines.get(1)).endsWith(",\"\",\"Opening balance\",\"\",\"0\",\"\"");
        assertThat(lines.get(2)).contains(",\"bonus\",\"Sign-up credits\",\"520\",\"520\",");
        assertThat(lines.get(3)).contains(",\"video\",\"ok\",\"-50\",\"470\",");
        assertThat(lines.get(4)).endsWith(",\"\",\"Closing balance\",\"\",\"470\",\"\"");
        assertThat(lines).hasSize(5);
        assertThat(csv("", "zh")).contains("\"期初余额\"", "\"注册赠送\"", "\"期末余额\"", "\"流水号\"");
    }

    @Test
    void aPeriodBeginsWithWhatWasBefore() {
        consume("video", "one");
        var between = Instant.now();
        consume("script", "two");
        var after = csv("&from=" + between, "en");
        assertThat(after)
                .contains("\"Opening balance\",\"\",\"470\"", "\"two\"")
                .doesNotContain("\"one\"");
        var before = csv("&to=" + between, "en");
        assertThat(before)
                .contains("\"Closing balance\",\"\",\"470\"", "\"one\"")
                .doesNotContain("\"two\"");
        assertThat(csv("&from=2020-01-01&to=2020-12-31&zone=Asia/Shanghai", "en")
                        .lines())
                .as("nothing")
                .hasSize(3)
                .anyMatch(line -> line.startsWith("\"2021-01-01T00:00:00.000000+08:00\""));
    }

    @Test
    void timesHaveTheirOffsetAndAmountsNoTrailingZeros() {
        consume("poster", "half", ",\"amount\":0.50");
        var time = "\"\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}";

        assertThat(csv("", "en").lines().skip(1)).hasSize(4).allMatch(line -> line.matches(time + "Z\",.*"));
        assertThat(csv("&zone=Asia/Shanghai", "en").lines().skip(1))
                .hasSize(4)
                .allMatch(line -> line.matches(time + "\\+08:00\",.*"))
                .anyMatch(line -> line.contains(",\"half\",\"-0.5\",\"519.5\","));
    }

    @Test
    void whatPeopleWroteStaysTextInASpreadsheet() {
        for (var text :
                List.of("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "a;=1+1", "b\\t=1", "c\\n=2", "say \\\"hi\\\", you")) {
            consume("poster", text, ",\"amount\":1");
        }
        consume("-1", "", ",\"amount\":1");
        var csv = csv("", "en");
        assertThat(csv)
                .contains(
                        "\"'=1+1\"",
                        "\"'+1\"",
                        "\"'-1\"",
                        "\"'@SUM(A1)\"",
                        "\"'＝1\"",
                        "\"a;'=1+1\"",
                        "\"b\t'=1\"",
                        "\"c\n'=2\"",
                        "\"say \"\"hi\"\", you\"")
                .contains(",\"-1\",\"")
                .doesNotContain("\"=", "\"+", "\"@");
    }

    @Test
    void theSameIsAPdfInChineseAndEnglish() throws Exception {
        for (int i = 0; i < 60; i++) {
            consume("character", "第" + i + "个角色 😀");
        }
        try (var chinese = pdf("zh")) {
            assertThat(chinese.pages()).isEqualTo(2);
            assertThat(chinese.text())
                    .contains("积分对账单", "期初余额", "期末余额", user.toString(), "第0个角色 □", "第59个角色", "注册赠送", "220");
            assertThat(chinese.text().split("说明", -1))
                    .as("the head of the table on each page")
                    .hasSize(3);
            var ids = csv("", "zh").lines().skip(2).limit(61).map(line -> line.replaceAll("^.*,\"|\"$", ""));
            assertThat(chinese.text()).contains(ids.toList());
        }
        try (var english = pdf("en")) {
            assertThat(english.text()).contains("Statement of credits", "Opening balance", "Sign-up credits", "-5");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/pdf | '' | application/pdf",
                "application/pdf, */*;q=0.8 | '' | application/pdf",
                "text/csv;q=0.5, application/pdf | '' | application/pdf",
                "text/csv, application/pdf;q=0.5 | '' | text/csv;charset=UTF-8",
                "text/csv | '' | text/csv;charset=UTF-8",
                "*/* | '' | text/csv;charset=UTF-8",
                "no type | '' | text/csv;charset=UTF-8",
                "application/pdf | &format=csv | text/csv;charset=UTF-8",
                "text/csv | &format=pdf | application/pdf"
            })
    void acceptTellsTheFormatWhereNoParameterDoes(String accept, String format, String type) {
        consume("script", "");
        var answer = LEDGER.call(
                "GET", "/api/credits/statement?zone=UTC" + format, TestIdentity.user(user), "", "Accept", accept);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.raw().headers().firstValue("Content-Type")).contains(type);
    }

    @Test
    void sumsAreByCategoryAndSpan() {
        consume("video", "");
        consume("video", "");
        var script = consume("script", "");
        APPLICATIONS.refund(videos(), script.body().get("id").asString(), "{\"amount\":4}");
        APPLICATIONS.consume(videos(), user, "\"action\":\"music_cost\",\"amount\":0.5");
        LEDGER.call("POST", "/api/credits/recharge", admin(), "{\"user_id\":\"" + user + "\",\"credits\":7}");
        var day = get("stats", "", "en").body();
        assertThat(day.get("success").asBoolean()).isTrue();
        assertThat(day.get("user_id").asString()).isEqualTo(user.toString());
        assertThat(day.get("spent").toString()).isEqualTo("{\"music_cost\":0.5,\"script_cost\":6,\"video_cost\":100}");
        assertThat(day.get("received").toString()).isEqualTo("{\"bonus\":520,\"recharge\":7}");
        assertThat(day.get("periods").findValuesAsString("period"))
                .allMatch(date -> date.matches("\\d{4}-\\d{2}-\\d{2}"));
        var month = get("stats", "&period=month&zone=Asia/Shanghai", "en").body();
        assertThat(month.get("periods").findValuesAsString("period")).allMatch(date -> date.matches("\\d{4}-\\d{2}"));
        assertThat(month.get("spent")).isEqualTo(day.get("spent"));
        assertThat(get("stats", "&to=2020-12-31", "en").body().get("periods").isEmpty())
                .isTrue();
    }

    @Test
    void onlyThoseWhoMaySeeTheBalanceSeeThem() {
        consume("video", "");
        for (var what : List.of("statement", "stats")) {
            var path = "/api/credits/" + what + "/" + user;
            assertThat(LEDGER.call("GET", path, TestIdentity.user(user), "").status())
                    .isEqualTo(200);
            assertThat(LEDGER.call("GET", path, admin(), "").status()).isEqualTo(200);
            assertThat(LEDGER.call("GET", path, videos(), "").status()).isEqualTo(200);
            assertThat(told(LEDGER.call("GET", path, TestIdentity.user(UUID.randomUUID()), "")))
                    .isEqualTo("404 not_found");
            assertThat(told(LEDGER.call("GET", path, null, ""))).isEqualTo("401 unauthenticated");
        }
    }

    @Test
    void malformedPeriodsAreRefused() {
        for (var query : List.of(
                "&from=x",
                "&from=2026-02-30",
                "&from=2026-02-02&to=2026-02-01",
                "&from=1960-01-01&to=1960-02-01",
                "&from=2020-01-01&to=2025-01-01",
                "&to=+1000000000-12-31T23:59:59Z",
                "&zone=Mars",
                "&zone=%2B08:00")) {
            for (var what : List.of("statement", "stats")) {
                assertThat(told(get(what, query, "en"))).as(what + query).isEqualTo("400 malformed_request");
            }
        }
        assertThat(told(get("statement", "&format=xls", "en"))).isEqualTo("400 malformed_request");
        assertThat(told(get("stats", "&period=week", "en"))).isEqualTo("400 malformed_request");
    }

    @Test
    void aPeriodWithMoreEntriesThanItsBoundIsRefused() {
        var bounds = Map.<String, Object>of(
                "quotabank.settlement.start",
                "false",
                "quotabank.statement.most-entries",
                "3",
                "quotabank.statement.most-counted",
                "3",
                "quotabank.statement.page",
                "2");
        try (var bounded = LEDGER.another(bounds)) {
            consume("video", "");
            consume("video", "");
            var path = "/api/credits/statement/" + user;
            var pages = bounded.call("GET", path, admin(), "");
            assertThat(pages.status()).isEqualTo(200);
            assertThat(pages.raw().body().lines()).as("in pages of two").hasSize(6);
            consume("video", "");
            for (var refused : List.of(path, "/api/credits/stats/" + user)) {
                var answer = bounded.call("GET", refused, admin(), "");
                assertThat(told(answer)).isEqualTo("422 too_many_entries");
                assertThat(answer.body().get("detail").asString()).isEqualTo("该期间有 4 条记录，上限为 3 条");
            }
        }
    }

    private Response consume(String action, String description) {
        return consume(action, description, "");
    }

    private Response consume(String action, String description, String rest) {
        var consumed = APPLICATIONS.consume(
                videos(), user, "\"action\":\"" + action + "\",\"description\":\"" + description + "\"" + rest);
        assertThat(told(consumed)).isEqualTo("200");
        return consumed;
    }

    private String csv(String query, String language) {
        var answer = get("statement", query, language);
        assertThat(told(answer)).isEqualTo("200");
        assertThat(answer.raw().headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(answer.raw().headers().firstValue("Content-Disposition").orElseThrow())
                .matches("attachment; filename=\"statement-[-0-9]{21}\\.csv\"");
        return answer.raw().body();
    }

    private Response get(String what, String query, String language) {
        var path = "/api/credits/" + what + "/" + user + "?" + query.replaceFirst("^&", "");
        return LEDGER.call("GET", path, TestIdentity.user(user), "", "Accept-Language", language);
    }

    private ReadPdf pdf(String language) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + LEDGER.port() + "/api/credits/statement/" + user + "?format=pdf"))
                .header("Authorization", "Bearer " + TestIdentity.user(user))
                .header("Accept-Language", language)
                .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, BodyHandlers.ofByteArray());
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/pdf");
            return new ReadPdf(answer.body());
        }
    }
}
