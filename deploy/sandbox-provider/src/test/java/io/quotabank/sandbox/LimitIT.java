package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.control;
import static io.quotabank.sandbox.RunningSandbox.get;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class LimitIT {

    @Test
    void tellsBothLimitsOnEveryAnswer() {
        var key = key("\"requestsPerMinute\":60,\"tokensPerMinute\":6000");
        var headers = chat(key, body("\"max_tokens\":8")).headers();

        assertThat(headers.firstValue("x-ratelimit-limit-requests")).hasValue("60");
        assertThat(headers.firstValue("x-ratelimit-limit-tokens")).hasValue("6000");
        assertThat(headers.firstValue("x-ratelimit-remaining-requests").orElseThrow())
                .isEqualTo("59");
        assertThat(Integer.parseInt(
                        headers.firstValue("x-ratelimit-remaining-tokens").orElseThrow()))
                .isBetween(6000 - 17, 5999);
        assertThat(headers.firstValue("x-ratelimit-reset-requests").orElseThrow())
                .matches("\\d+ms|1s");
        assertThat(headers.firstValue("x-ratelimit-reset-tokens").orElseThrow()).matches("\\d+ms");
        assertThat(get(key, "/v1/models").headers().firstValue("x-ratelimit-limit-tokens"))
                .hasValue("6000");
    }

    @Test
    void tellsNoLimitsWhereThereAreNone() {
        var names = chat(key(), body("")).headers().map().keySet();

        assertThat(names).noneMatch(name -> name.startsWith("x-ratelimit"));
    }

    @Test
    void refusesMoreRequestsThanAllowed() {
        var key = key("\"requestsPerMinute\":1");

        assertThat(chat(key, body("")).statusCode()).isEqualTo(200);
        var refused = chat(key, body(""));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused.body()).at("/error/code").stringValue()).isEqualTo("rate_limit_exceeded");
        assertThat(json(refused.body()).at("/error/type").stringValue()).isEqualTo("requests");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(1L, 60L);
        assertThat(refused.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("0");
        assertThat(served(key).get("requests")).hasSize(1);
    }

    @Test
    void refusesMoreTokensThanAllowed() {
        var key = key("\"tokensPerMinute\":100");

        assertThat(chat(key, body("\"max_tokens\":91")).statusCode()).isEqualTo(200);
        var refused = chat(key, body("\"max_tokens\":91"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused.body()).at("/error/type").stringValue()).isEqualTo("tokens");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(1L, 60L);
        var never = chat(key, body("\"max_tokens\":92"));
        assertThat(never.statusCode()).isEqualTo(429);
        assertThat(json(never.body()).at("/error/message").stringValue()).startsWith("Request too large");
        assertThat(never.headers().firstValue("retry-after")).isEmpty();
    }

    @Test
    void refusesAKeyWhoseMoneyIsGone() {
        var key = key("\"balanceUsd\":1.5");
        assertThat(chat(key, body("")).statusCode()).isEqualTo(200);
        assertThat(control("POST", "/keys/" + key + "/spend", "{\"usd\":1.5}").statusCode())
                .isEqualTo(200);

        var refused = chat(key, body(""));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused.body()).at("/error/type").stringValue()).isEqualTo("insufficient_quota");
        assertThat(json(refused.body()).at("/error/code").stringValue()).isEqualTo("insufficient_quota");
        assertThat(json(get(key, "/user/balance").body()).get("is_available").booleanValue())
                .isFalse();
    }

    @Test
    void letsTheBalanceFallByThePriceOfWhatWasServed() {
        var key = key("\"balanceUsd\":12.345,\"inputUsdPerMillion\":1000,\"outputUsdPerMillion\":2000.5");
        chat(key, body("\"max_tokens\":100"));

        var left = new BigDecimal("12.345")
                .subtract(new BigDecimal("0.001").multiply(BigDecimal.valueOf(9)))
                .subtract(new BigDecimal("0.0020005").multiply(BigDecimal.valueOf(100)));
        await().untilAsserted(() -> assertThat(
                        new BigDecimal(json(control("GET", "/keys/" + key, "").body())
                                .get("balanceUsd")
                                .toString()))
                .isEqualByComparingTo(left));
    }

    @Test
    void tellsTheBalanceAsDeepSeekDoes() {
        var key = key("\"balanceUsd\":12.349");

        assertThat(json(get(key, "/user/balance").body())).isEqualTo(json("""
                                {"is_available":true,"balance_infos":[{"currency":"USD","total_balance":"12.34",
                                "granted_balance":"0.00","topped_up_balance":"12.34"}]}"""));
    }

    @Test
    void tellsNoBalanceWhereThereIsNone() {
        assertThat(get(key(), "/user/balance").statusCode()).isEqualTo(404);
        assertThat(control("POST", "/keys/" + key() + "/spend", "{\"usd\":1}").statusCode())
                .isEqualTo(409);
    }

    @Test
    void startsAnewWhenSettingsAreGivenAgain() {
        var key = key("\"requestsPerMinute\":1,\"balanceUsd\":0");
        assertThat(chat(key, body("")).statusCode()).isEqualTo(429);

        control("PUT", "/keys/" + key, "{\"models\":[\"gpt-4.1-mini\"],\"balanceUsd\":null}");
        assertThat(chat(key, body("")).statusCode()).isEqualTo(200);
        assertThat(chat(key, body("")).statusCode()).isEqualTo(200);
    }
}
