package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody gets in without a token made for this platform, and nobody sees what is another's. */
class StrangerIT {

    private static Suite.Buyer buyer = new Suite.Buyer(new UUID(0, 0), "", "");

    @BeforeAll
    static void somebody() {
        buyer = Suite.buyer("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/pool/keys",
                "/api/credits/balance/me",
                "/api/access-keys",
                "/api/usage",
                "/api/risk/findings",
                "/v1/chat/completions",
                "/v1/models"
            })
    void refusesCallersItDoesNotKnow(String path) {
        var unsigned = part("{\"alg\":\"none\"}") + "."
                + part("{\"sub\":\"" + UUID.randomUUID() + "\",\"aud\":\"quotabank\"}") + ".";
        var unknownKey = part("{\"alg\":\"RS256\",\"kid\":\"x\"}") + "." + part("{\"sub\":\"x\"}") + ".AAAA";
        var forged = buyer.token().substring(0, buyer.token().length() - 8) + "AAAAAAAA";
        for (var token : new String[] {null, "", "x", unknownKey, unsigned, forged}) {
            if (token == null && path.equals("/v1/models")) {
                // Which models there are is told to anybody who says nothing of who is asking.
                continue;
            }
            assertThat(Http.get(STACK.gateway() + path, token).status())
                    .as("%s with %s", path, token)
                    .isEqualTo(401);
        }
    }

    @Test
    void refusesATokenThatWasGoodAndHasExpired() {
        var token = PEOPLE.shortLivedToken(STACK.person("buyer"), Duration.ofSeconds(3));
        var url = STACK.gateway() + "/api/access-keys";
        assertThat(Http.get(url, token).status()).isEqualTo(200);
        // Clocks may differ by a few seconds, so the end is not to the second.
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> Http.get(url, token).status() == 401);
        assertThat(Http.get(url, token).json().path("detail").asString()).isEqualTo("令牌已过期。");
        assertThat(Http.get(STACK.gateway() + "/v1/models", token).status()).isEqualTo(401);
    }

    @Test
    void refusesAKeycloakTokenOfAnotherAudience() {
        var token = PEOPLE.foreignAudienceToken();
        assertThat(Http.get(STACK.gateway() + "/api/pool/keys", token).status()).isEqualTo(401);
    }

    @Test
    void hidesOtherPeoplesThings() throws Exception {
        var owner = Suite.buyer("0");
        Suite.keyOf(owner, "gpt-4.1-nano", 0);
        try {
            var keyId = first("/api/pool/keys", "keys", owner);
            var accessKeyId = first("/api/access-keys", "items", owner);
            var before = Written.of(owner.userId());
            for (var path : List.of(
                    "/api/pool/keys/" + keyId,
                    "/api/pool/keys/" + keyId + "/figures",
                    "/api/pool/keys/" + keyId + "/audit",
                    "/api/credits/balance/" + owner.userId(),
                    "/api/credits/history/" + owner.userId(),
                    "/api/access-keys/" + accessKeyId,
                    "/api/usage?user=" + owner.userId())) {
                assertThat(Http.get(STACK.gateway() + path, buyer.token()).status())
                        .as(path)
                        .isEqualTo(404);
            }
            for (var verb : List.of("pause", "resume", "withdraw")) {
                var path = "/api/pool/keys/" + keyId + "/" + verb;
                assertThat(Http.post(STACK.gateway() + path, buyer.token(), "{}")
                                .status())
                        .as(path)
                        .isEqualTo(404);
            }
            assertThat(Http.delete(STACK.gateway() + "/api/access-keys/" + accessKeyId, buyer.token())
                            .status())
                    .isEqualTo(404);
            assertThat(Http.get(STACK.gateway() + "/v1/models", owner.accessKey())
                            .status())
                    .isEqualTo(200);
            assertThat(Written.of(owner.userId())).isEqualTo(before);
        } finally {
            Suite.withdrawKeys();
        }
    }

    @Test
    void listsNobodyElsesUsage() throws Exception {
        var other = Suite.buyer("0");
        var called = new Caller(STACK).chat(other.accessKey(), STACK.model(), "Go on.", 5);
        var id = String.valueOf(called.requestId());
        await().until(() ->
                Http.get(STACK.gateway() + "/api/usage", other.token()).body().contains(id));

        assertThat(Http.get(STACK.gateway() + "/api/usage", buyer.token()).body())
                .doesNotContain(id);
        var accessKeyId = first("/api/access-keys", "items", other);
        assertThat(Http.get(STACK.gateway() + "/api/usage?accessKey=" + accessKeyId, buyer.token())
                        .body())
                .doesNotContain(id);
    }

    private static String first(String path, String list, Suite.Buyer owner) {
        var answer = Http.get(STACK.gateway() + path, owner.token());
        var id = answer.json().path(list).path(0).path("id").asString("");
        assertThat(id).as(answer.body()).isNotBlank();
        return id;
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
