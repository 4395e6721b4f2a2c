package io.quotabank.proxy.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.contracts.verification.KeyVerification.Report;
import io.quotabank.contracts.verification.KeyVerification.Request;
import io.quotabank.contracts.verification.KeyVerification.Result;
import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.custody.TestCustody;
import io.quotabank.proxy.upstream.ScriptedProvider;
import io.quotabank.proxy.upstream.ScriptedProvider.Script;
import io.quotabank.proxy.upstream.TestUpstream;
import io.quotabank.proxy.upstream.UpstreamClient;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VerificationsTests {

    private static final String SERVED = "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"p\"}}]}";
    private static final String NO_BALANCE = "{}";
    private static final BigDecimal CNY_PER_USD = new BigDecimal("7.1");
    private static final UUID KEY = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();

    private final ScriptedProvider provider = new ScriptedProvider();
    private final UpstreamClient upstream = TestUpstream.allowing(Duration.ofSeconds(2), "127.0.0.0/8");
    private final TestCustody seals = new TestCustody();
    private final Verifications verifications = new Verifications(
            seals.custody(),
            TestCatalog.of(TestCatalog.model("m"), TestCatalog.completing("instruct"), TestCatalog.embedding("embed")),
            new Probe(upstream, new VerificationProperties(Duration.ofMillis(700), 50)),
            InstantSource.system());

    private BalanceForm form = BalanceForm.DEEPSEEK;

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        provider.close();
    }

    @Test
    void passesAKeyThatServesItsModels() {
        answering(call -> call.json(200, SERVED), call -> call.json(404, NO_BALANCE));

        var report = verify(null, "m");

        assertThat(report.passed()).isTrue();
        assertThat(report.balanceUsd()).isNull();
        assertThat(report.checks())
                .extracting(Check::name)
                .containsExactly("address", "authentication", "model:m", "balance");
        assertThat(provider.calls().getFirst().body())
                .contains("\"max_tokens\":1,")
                .contains("\"model\":\"m\"");
        assertThat(provider.calls().getFirst().header("authorization")).isEqualTo("Bearer sk-deposited");
    }

    @Test
    void asksForTheModelByTheProvidersName() {
        answering(call -> call.json(200, SERVED), call -> call.json(404, NO_BALANCE));

        verifications.verify(request("renaming", provider.baseUrl(), null, "m"));

        assertThat(provider.calls().getFirst().body()).contains("\"model\":\"upstream/m\"");
    }

    @Test
    void callsAModelByWhatItIsFor() {
        answering(
                call -> {
                    if (call.target().startsWith("POST /v1/embeddings ")
                            && call.body().contains("\"input\":\"ping\"")) {
                        call.json(200, "{\"data\":[{\"embedding\":[0.5]}]}");
                    } else if (call.target().startsWith("POST /v1/completions ")
                            && call.body().contains("\"prompt\":\"ping\"")) {
                        call.json(200, "{\"choices\":[{\"text\":\"p\"}]}");
                    } else {
                        call.json(404, "{}");
                    }
                },
                call -> call.json(404, NO_BALANCE));

        assertThat(verify(null, "instruct", "embed").passed()).isTrue();
    }

    @Test
    void failsAKeyThatTheProviderRefuses() {
        for (int status : new int[] {401, 403}) {
            answering(call -> call.json(status, "{\"error\":{\"message\":\"sk-deposited is wrong\"}}"), null);

            var report = verify(null, "m");

            assertThat(result(report, "authentication")).isEqualTo(Result.FAILED);
            assertThat(report.toString()).doesNotContain("sk-deposited");
        }
    }

    @Test
    void failsAModelThatTheKeyDoesNotServe() {
        answering(
                call -> call.json(404, "{\"error\":{\"code\":\"model_not_found\"}}"),
                call -> call.json(404, NO_BALANCE));

        var report = verify(null, "m");

        assertThat(result(report, "authentication")).isEqualTo(Result.PASSED);
        assertThat(result(report, "model:m")).isEqualTo(Result.FAILED);
    }

    @Test
    void asksAgainByTheOtherNameOfTheLimit() {
        answering(
                call -> {
                    boolean newer = call.body().contains("max_completion_tokens");
                    call.json(newer ? 200 : 400, newer ? SERVED : "{\"error\":{\"code\":\"unsupported_parameter\"}}");
                },
                call -> call.json(404, NO_BALANCE));

        assertThat(verify(null, "m").passed()).isTrue();
    }

    @Test
    void tellsAKeyWithoutQuotaFromOneThatIsRefused() {
        answering(
                call -> call.json(429, "{\"error\":{\"code\":\"insufficient_quota\"}}"),
                call -> call.json(404, NO_BALANCE));
        assertThat(result(verify(null, "m"), "model:m")).isEqualTo(Result.EXHAUSTED);

        answering(call -> call.json(402, "{}"), call -> call.json(404, NO_BALANCE));
        assertThat(result(verify(null, "m"), "model:m")).isEqualTo(Result.EXHAUSTED);
    }

    @Test
    void takesSilenceLimitsAndErrorsForNoProof() {
        for (int status : new int[] {429, 500, 503}) {
            answering(call -> call.json(status, "{}"), call -> call.json(404, NO_BALANCE));
            assertThat(result(verify(null, "m"), "authentication")).isEqualTo(Result.UNREACHABLE);
        }
        answering(ScriptedProvider.Call::callerGone, ScriptedProvider.Call::callerGone);
        assertThat(result(verify(null, "m"), "model:m")).isEqualTo(Result.UNREACHABLE);
    }

    @Test
    void comparesTheClaimWithTheBalanceThatIsTold() {
        answering(call -> call.json(200, SERVED), call -> call.json(200, balance("USD", "10.00")));

        assertThat(result(verify(new BigDecimal("10"), "m"), "balance")).isEqualTo(Result.PASSED);
        assertThat(verify(null, "m").balanceUsd()).isEqualByComparingTo("10");
        assertThat(result(verify(new BigDecimal("10.01"), "m"), "balance")).isEqualTo(Result.FAILED);
        assertThat(provider.calls()).anyMatch(call -> call.target().startsWith("GET /user/balance "));
    }

    @Test
    void takesYuanForDollarsAtTheGivenRate() {
        answering(call -> call.json(200, SERVED), call -> call.json(200, balance("CNY", "71.00")));

        assertThat(verify(null, "m").balanceUsd()).isEqualByComparingTo("10");
        assertThat(result(verify(new BigDecimal("10"), "m"), "balance")).isEqualTo(Result.PASSED);
        assertThat(result(verify(new BigDecimal("10.01"), "m"), "balance")).isEqualTo(Result.FAILED);
    }

    @Test
    void asksMoonshotInItsOwnWay() {
        form = BalanceForm.MOONSHOT;
        var told = "{\"code\":0,\"data\":{\"available_balance\":71.5,\"voucher_balance\":71.5,\"cash_balance\":0},"
                + "\"scode\":\"0x0\",\"status\":true}";
        answering(call -> call.json(200, SERVED), call -> call.json(200, told));

        var report = verify(new BigDecimal("10"), "m");

        assertThat(report.balanceUsd()).isEqualByComparingTo("10.070422");
        assertThat(result(report, "balance")).isEqualTo(Result.PASSED);
        assertThat(provider.calls()).anyMatch(call -> call.target().startsWith("GET /v1/users/me/balance "));
    }

    @Test
    void failsAnAddressThatIsNeverCalled() {
        var report = verifications.verify(request("openai", "http://10.0.0.1/v1", null, "m"));

        assertThat(report.checks()).hasSize(1);
        assertThat(result(report, "address")).isEqualTo(Result.FAILED);
    }

    @Test
    void provesNothingOfAKeyThatCantBeOpened() {
        var request = new Request(
                KEY,
                OWNER,
                "openai",
                provider.baseUrl(),
                List.of("m"),
                "bm90IHNlYWxlZA==",
                null,
                BalanceForm.NONE,
                CNY_PER_USD);

        assertThat(result(verifications.verify(request), "authentication")).isEqualTo(Result.UNREACHABLE);
    }

    /** Answers chats by one script and the question for the balance by another. */
    private void answering(Script chat, @Nullable Script balance) {
        provider.script(call -> {
            if (call.target().startsWith("GET") && balance != null) {
                balance.answer(call);
            } else {
                chat.answer(call);
            }
        });
    }

    private Report verify(@Nullable BigDecimal claimed, String... models) {
        return verifications.verify(request("openai", provider.baseUrl(), claimed, models));
    }

    private Request request(String provider, String baseUrl, @Nullable BigDecimal claimed, String... models) {
        var sealed = seals.seal(KEY, OWNER, "sk-deposited");
        return new Request(KEY, OWNER, provider, baseUrl, List.of(models), sealed, claimed, form, CNY_PER_USD);
    }

    private static String balance(String currency, String total) {
        return "{\"is_available\":true,\"balance_infos\":[{\"currency\":\"" + currency + "\",\"total_balance\":\""
                + total + "\",\"granted_balance\":\"0.00\",\"topped_up_balance\":\"" + total + "\"}]}";
    }

    private static Result result(Report report, String name) {
        return report.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow()
                .result();
    }
}
