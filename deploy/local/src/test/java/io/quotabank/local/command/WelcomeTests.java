package io.quotabank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class WelcomeTests {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void tellsEveryAccountHowToGetTheApplicationsTokenAndALineToTry() {
        var stack = """
                {"gateway": "http://127.0.0.1:8000", "demo": {
                  "model": "gpt-4o-mini",
                  "buyer": {"username": "buyer", "password": "p1", "accessKey": "qb-1"},
                  "seller": {"username": "seller", "password": "p2"},
                  "admin": {"username": "admin", "password": "p3"},
                  "application": {"clientId": "application", "secret": "s1"}}}
                """;

        assertThat(Welcome.text(JSON.readTree(stack)).orElseThrow().lines())
                .containsSequence(
                        "Gateway      http://127.0.0.1:8000",
                        "buyer        buyer / p1",
                        "seller       seller / p2",
                        "admin        admin / p3",
                        "application  application / s1, with client credentials;"
                                + " ./quotabank token application prints a token",
                        "Access key   qb-1")
                .filteredOn(line -> line.startsWith("curl "))
                .containsExactly("curl -N http://127.0.0.1:8000/v1/chat/completions -H 'Authorization: Bearer qb-1'"
                        + " -H 'Content-Type: application/json' -d '{\"model\":\"gpt-4o-mini\",\"stream\":true,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello\"}]}'");
    }

    @Test
    void saysNothingWherePartsAloneWereStarted() {
        assertThat(Welcome.text(JSON.readTree("{\"kafka\": \"127.0.0.1:9092\"}")))
                .isEmpty();
    }
}
