package io.quotabank.pool.deposit;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@PoolTest
class DepositRefusalIT {

    private static final String DEPOSITS = "/api/pool/deposits";

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"mode\": \"buyout\"                               | 422 | mode_not_supported",
                "\"provider\": \"nobody\"                           | 422 | provider_unknown",
                "\"models\": [\"gpt-9\"]                            | 422 | model_not_offered",
                "\"models\": [\"deepseek-chat\"]                    | 422 | model_not_offered",
                "\"models\": []                                     | 400 | malformed_request",
                "\"models\": [null]                                 | 400 | malformed_request",
                "\"models\": \"gpt-4o\"                             | 400 | malformed_request",
                "\"claimedQuota\": {\"usd\": -1}                    | 400 | malformed_request",
                "\"claimedQuota\": {\"usd\": 1e999999}              | 400 | malformed_request",
                "\"claimedQuota\": {\"usd\": 1, \"tokens\": 1}      | 400 | malformed_request",
                "\"claimedQuota\": {\"tokens\": 1.5}                | 400 | malformed_request",
                "\"quotaExpiresAt\": \"2020-01-01T00:00:00Z\"       | 422 | quota_expired",
                "\"quotaExpiresAt\": \"+99999-01-01T00:00:00Z\"     | 400 | malformed_request",
                "\"apiKey\": 17                                     | 400 | malformed_request",
                "\"apiKey\": \"short\"                              | 400 | malformed_request",
                "\"apiKey\": \"sk-with a blank\"                    | 400 | malformed_request",
                "\"apiKey\": null                                   | 400 | malformed_request",
                "\"baseUrl\": \"https://169.254.169.254/latest\"    | 422 | base_url_refused",
                "\"baseUrl\": \"http://[::1]:8080/v1\"              | 422 | base_url_refused"
            })
    void refusesWhatCannotBeTaken(String member, int status, String code) {
        var ann = new Person(port);

        var answer = ann.post(DEPOSITS, Depositor.body(Depositor.secret(), member));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(jdbc.sql("SELECT count(*) FROM deposit WHERE owner_id = :owner")
                        .param("owner", ann.id())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"x\"", "{\"provider\": \"openai\"}"})
    void refusesABodyThatIsNoDeposit(String body) {
        assertThat(new Person(port).post(DEPOSITS, body).status()).isEqualTo(400);
    }
}
