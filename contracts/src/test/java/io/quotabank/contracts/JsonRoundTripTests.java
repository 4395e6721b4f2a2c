package io.quotabank.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.grant.GrantRecord;
import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.verification.KeyBalances;
import io.quotabank.contracts.verification.KeyVerification;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class JsonRoundTripTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final UUID ID = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L);

    static Stream<Object> records() {
        return Stream.of(
                usageOpened(),
                usageClosed(),
                usageClosedWithLittle(),
                poolKey(),
                platformKey(),
                new AccessKeyRecord("ab".repeat(32), ID, ID, 3, false, List.of("gpt-5"), 1_800_000_000_000L),
                new AccessKeyRecord("ab".repeat(32), ID, ID, 4, true, List.of(), null),
                new AccessKeyRecord("ab".repeat(32), ID, ID, 5, false, List.of(), null, cap()),
                catalogue(),
                new LedgerLeases.Open(
                        ID, ID, "proxy-1", "http://127.0.0.1:1", credits(1), credits(2), List.of(statement())),
                new LedgerLeases.Open(
                        ID, ID, "proxy-1", "http://127.0.0.1:1", credits(1), credits(2), List.of(), cap()),
                new LedgerLeases.Answer(ID, credits(5), "bronze", credits(7), credits(2), 600_000, credits(0)),
                new LedgerLeases.Answer(ID, credits(5), "bronze", credits(7), credits(2), 600_000),
                new LedgerLeases.Answer(ID, null, "bronze", credits(7), credits(2), 0),
                statement(),
                new LedgerLeases.Recall(ID),
                new KeyVerification.Request(
                        ID,
                        ID,
                        "openai",
                        "https://api.openai.com/v1",
                        List.of("gpt-5"),
                        "c2VhbGVk",
                        new BigDecimal("12.50"),
                        KeyVerification.BalanceForm.DEEPSEEK,
                        new BigDecimal("7.1")),
                new KeyVerification.Report(
                        List.of(new KeyVerification.Check("address", KeyVerification.Result.UNREACHABLE, "no answer")),
                        null),
                finding(),
                errorBurst(),
                new GrantRecord(ID, ID, GrantRecord.Kind.GIVEN, ID, "signup", credits(520), 1_800_000_000_000L, 7),
                new GrantRecord(ID, ID, GrantRecord.Kind.EXPIRED, null, null, credits(1), null, 7),
                new PaymentRecord(
                        ID,
                        ID,
                        ID,
                        ID,
                        PaymentRecord.Kind.TAKEN,
                        "stripe",
                        10_000,
                        "CNY",
                        credits(5),
                        credits(2),
                        1_800_000_000_000L),
                new KeyBalances.Question(ID, KeyVerification.BalanceForm.MOONSHOT, new BigDecimal("7.1")),
                new KeyBalances.Answer(KeyBalances.Told.BALANCE, new BigDecimal("3.20")),
                new KeyBalances.Answer(KeyBalances.Told.NO_ANSWER, null));
    }

    @ParameterizedTest
    @MethodSource("records")
    void comesBackAsItWas(Object record) {
        var json = JSON.writeValueAsString(record);
        assertThat(JSON.readValue(json, record.getClass())).isEqualTo(record);
        assertThat(json).doesNotContain("null");
    }

    @ParameterizedTest
    @MethodSource("records")
    void aMemberFromALaterVersionIsPassedOver(Object record) {
        var json = JSON.writeValueAsString(record);
        var later = json.substring(0, json.length() - 1) + ",\"from_a_later_version\":{\"a\":[1]}}";
        assertThat(JSON.readValue(later, record.getClass())).isEqualTo(record);
    }

    @Test
    void namesTokensAsOpenTelemetryDoes() {
        var json = JSON.readTree(JSON.writeValueAsString(usageClosed()));
        assertThat(json.at("/tokens/gen_ai.usage.input_tokens").asLong()).isEqualTo(100);
        assertThat(json.at("/tokens/gen_ai.usage.cache_read.input_tokens").asLong())
                .isEqualTo(10);
        assertThat(json.get("gen_ai.request.model").asString()).isEqualTo("gpt-5");
        assertThat(json.get("outcome").asString()).isEqualTo("completed");
        assertThat(json.get("cost").asLong()).isEqualTo(650);
        assertThat(json.at("/attempts/1/http.response.status_code").asInt()).isEqualTo(200);
    }

    @Test
    void refusesAnUnknownState() {
        var json = JSON.writeValueAsString(poolKey()).replace("\"active\"", "\"somehow\"");
        assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> JSON.readValue(json, PoolKeyRecord.class));
    }

    @Test
    void refusesAFindingThatCannotBeActedOn() {
        var json = JSON.writeValueAsString(finding());
        for (var broken : List.of(
                json.replace("\"keyId\":\"" + ID + "\",", ""),
                json.replace(FindingRecord.COOL_DOWN_SECONDS, "forGood"))) {
            assertThatExceptionOfType(JacksonException.class)
                    .isThrownBy(() -> JSON.readValue(broken, FindingRecord.class));
        }
    }

    @Test
    void readsRecordsOfWhenThereWasNothingButChat() {
        var model = JSON.valueToTree(catalogue()).at("/models/0");
        var opened = JSON.valueToTree(usageOpened());
        ((ObjectNode) model).remove("mode");
        ((ObjectNode) opened).remove("gen_ai.operation.name");

        assertThat(JSON.convertValue(model, CatalogRecord.Model.class).mode()).isEqualTo(CatalogRecord.Mode.CHAT);
        assertThat(JSON.convertValue(opened, UsageEvent.Opened.class).operation())
                .isEqualTo("chat");
    }

    @Test
    void addsUpWhatTheKeysServed() {
        assertThat(((UsageEvent.Closed) usageClosed()).served()).isEqualTo(credits(700));
        assertThat(((UsageEvent.Closed) usageClosedWithLittle()).served()).isEqualTo(Credits.ZERO);
    }

    private static Object usageOpened() {
        return new UsageEvent.Opened(
                ID, ID, null, "text_completion", "gpt-5", true, credits(1_000), 1_700_000_000_000L);
    }

    private static Object usageClosed() {
        var tokens = new TokenUsage(100, 50, 10, 5, 20);
        var failed = new UsageEvent.Attempt(
                ID,
                ID,
                9_500,
                "openai",
                UsageEvent.Result.RATE_LIMITED,
                429,
                TokenUsage.NONE,
                credits(50),
                Credits.ZERO,
                null,
                12,
                null,
                null);
        var served = new UsageEvent.Attempt(
                ID,
                null,
                0,
                "openai",
                UsageEvent.Result.SERVED,
                200,
                tokens,
                credits(650),
                credits(500),
                80L,
                900,
                "r",
                "u");
        return new UsageEvent.Closed(
                ID,
                ID,
                ID,
                "chat",
                "gpt-5",
                true,
                7,
                "bronze",
                13_000,
                UsageEvent.Outcome.COMPLETED,
                UsageEvent.Metering.REPORTED,
                tokens,
                credits(650),
                List.of(new UsageEvent.Funding(ID, credits(1_000))),
                List.of(failed, served),
                new UsageEvent.Routing("smart", 0.9, 0.8, 0.7, 1, 1.1),
                1_700_000_000_000L,
                1_700_000_000_080L,
                1_700_000_000_980L,
                "client-1");
    }

    private static Object usageClosedWithLittle() {
        return new UsageEvent.Closed(
                ID,
                ID,
                null,
                "chat",
                "gpt-5",
                false,
                7,
                "bronze",
                13_000,
                UsageEvent.Outcome.UPSTREAM_FAILED,
                UsageEvent.Metering.NONE,
                TokenUsage.NONE,
                Credits.ZERO,
                List.of(),
                List.of(),
                null,
                1,
                null,
                2,
                null);
    }

    private static Object poolKey() {
        return new PoolKeyRecord(
                ID,
                2,
                ID,
                9_500,
                PoolKeyRecord.Kind.CONSIGNMENT,
                0,
                "openai",
                "https://api.openai.com/v1",
                List.of("gpt-5"),
                PoolKeyRecord.State.ACTIVE,
                "c2VhbGVk",
                credits(5),
                1_800_000_000_000L,
                new PoolKeyRecord.Limits(60, 100_000L, 4, credits(9)),
                true,
                1_800_000_000_000L);
    }

    private static Object platformKey() {
        return new PoolKeyRecord(
                ID,
                1,
                null,
                0,
                PoolKeyRecord.Kind.FALLBACK,
                1,
                "deepseek",
                "https://api.deepseek.com",
                List.of(),
                PoolKeyRecord.State.PAUSED,
                "",
                null,
                null,
                PoolKeyRecord.Limits.NONE,
                false,
                null);
    }

    private static Object catalogue() {
        var price = new CatalogRecord.Price(
                new BigDecimal("1.25"), new BigDecimal("10"), new BigDecimal("0.125"), null, null, null);
        var model = new CatalogRecord.Model(
                "gpt-5",
                "GPT-5",
                "openai",
                List.of("openai"),
                Map.of("azure", "gpt5"),
                "o200k_base",
                400_000,
                128_000,
                List.of("text", "image"),
                price,
                CatalogRecord.Mode.COMPLETION);
        return new CatalogRecord(1, 1_700_000_000_000L, Map.of("bronze", 13_000), List.of(model));
    }

    private static Object finding() {
        return new FindingRecord(
                ID,
                ID,
                ID,
                FindingRecord.Kind.FAILING,
                "openai",
                "api.openai.com",
                1_700_000_000_000L,
                "5 calls failed.",
                Map.of("failures", new BigDecimal("5"), FindingRecord.COOL_DOWN_SECONDS, new BigDecimal("10")),
                FindingRecord.Action.COOL_DOWN);
    }

    private static Object errorBurst() {
        return new FindingRecord(
                ID,
                null,
                null,
                FindingRecord.Kind.ERROR_BURST,
                "openai",
                null,
                1,
                "Many calls fail.",
                Map.of(),
                FindingRecord.Action.NONE);
    }

    private static LedgerLeases.Statement statement() {
        return new LedgerLeases.Statement(ID, 4, credits(3), List.of(new LedgerLeases.InFlight(ID, credits(2))), true);
    }

    private static SpendingCap cap() {
        return new SpendingCap(ID, 2, credits(9), null, credits(3));
    }

    private static Credits credits(long micro) {
        return new Credits(micro);
    }
}
