package io.quotabank.pool.deposit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.pool.Person;
import io.quotabank.pool.Person.Answer;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Verifier;
import io.quotabank.pool.Verifier.Truth;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@PoolTest
@ExtendWith(OutputCaptureExtension.class)
class DepositIT {

    private static final String DEPOSITS = "/api/pool/deposits";

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void takesAKeyProvesItAndShowsEachCheck() {
        var ann = new Person(port);
        var secret = secret();

        var taken = ann.post(DEPOSITS, deposit(secret, "\"claimedQuota\": {\"usd\": 50}"));

        assertThat(taken.status()).isEqualTo(202);
        var id = taken.body().path("id").asString();
        assertThat(taken.raw().headers().firstValue("location")).hasValue(DEPOSITS + "/" + id);
        assertThat(taken.body().path("status").asString()).isEqualTo("verifying");
        assertThat(taken.body().path("lastFour").asString()).isEqualTo(secret.substring(secret.length() - 4));
        var accepted = settled(ann, id);
        assertThat(accepted.path("status").asString()).isEqualTo("active");
        assertThat(accepted.path("checks").findValuesAsString("name"))
                .containsExactly("address", "authentication", "model:gpt-4o-mini", "model:gpt-4o");
        assertThat(accepted.path("checks").findValuesAsString("result")).containsOnly("passed");
        var key = ann.get("/api/pool/keys/" + accepted.path("keyId").asString()).body();
        assertThat(key.path("state").asString()).isEqualTo("active");
        assertThat(key.path("remaining").decimalValue()).isEqualByComparingTo("5000");
    }

    @Test
    void namesTheCheckThatFailedAndKeepsNoKey() {
        var ann = new Person(port);
        var secret = secret();
        Verifier.get().say(secret, Truth.GOOD.serving("gpt-4o-mini"));

        var refused = settled(ann, take(ann, deposit(secret, null)));

        assertThat(refused.path("status").asString()).isEqualTo("refused");
        assertThat(refused.path("refused").path("check").asString()).isEqualTo("model:gpt-4o");
        var keyId = UUID.fromString(refused.path("keyId").asString());
        assertThat(secretsOf(keyId)).isZero();
        assertThat(ann.get("/api/pool/keys").body().path("keys")).isEmpty();
    }

    @Test
    void refusesAKeyThatTheProviderDoesNotKnow() {
        var ann = new Person(port);
        var secret = secret();
        Verifier.get().say(secret, Truth.GOOD.refused());

        var refused = settled(ann, take(ann, deposit(secret, null)));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("authentication");
    }

    @Test
    void refusesAClaimAboveTheToldBalanceAndTakesOneThatIsNot() {
        var ann = new Person(port);
        var tooMuch = secret();
        var enough = secret();
        Verifier.get().say(tooMuch, Truth.GOOD.telling("49.99"));
        Verifier.get().say(enough, Truth.GOOD.telling("50"));

        var refused = settled(ann, take(ann, deposit(tooMuch, "\"claimedQuota\": {\"usd\": 50}")));
        var accepted = settled(ann, take(ann, deposit(enough, "\"claimedQuota\": {\"usd\": 50}")));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("balance");
        assertThat(accepted.path("status").asString()).isEqualTo("active");
    }

    @Test
    void countsOnTheToldBalanceWhereNothingIsClaimed() {
        var ann = new Person(port);
        var secret = secret();
        Verifier.get().say(secret, Truth.GOOD.telling("9.5"));

        var accepted = settled(ann, take(ann, deposit(secret, null)));

        var key = ann.get("/api/pool/keys/" + accepted.path("keyId").asString()).body();
        assertThat(key.path("state").asString()).isEqualTo("low");
        assertThat(key.path("remaining").decimalValue()).isEqualByComparingTo("950");
    }

    @Test
    void asksASilentProviderAgainAndThenRefusesSayingSo() {
        var ann = new Person(port);
        var secret = secret();
        Verifier.get().say(secret, Truth.GOOD.unreachable());

        var refused = settled(ann, take(ann, deposit(secret, null)));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("address");
        assertThat(refused.path("refused").path("detail").asString()).startsWith("no answer after 3 tries");
    }

    @Test
    void waitsForTheVerifierAsLongAsItIsAway() {
        var ann = new Person(port);
        Verifier.get().away(true);
        String id;
        try {
            id = take(ann, deposit(secret(), null));
            await().until(() -> ann.get(DEPOSITS + "/" + id)
                    .body()
                    .path("waitingFor")
                    .asString("")
                    .equals("waiting for the verifier"));
        } finally {
            Verifier.get().away(false);
        }
        assertThat(settled(ann, id).path("status").asString()).isEqualTo("active");
    }

    @Test
    void takesASecretOnceUntilItIsWithdrawn() {
        var ann = new Person(port);
        var bob = new Person(port);
        var secret = secret();
        var keyId = settled(ann, take(ann, deposit(secret, null))).path("keyId").asString();

        assertThat(bob.post(DEPOSITS, deposit(secret, null)).code()).isEqualTo("key_already_deposited");

        assertThat(ann.post("/api/pool/keys/" + keyId + "/withdraw", null).status())
                .isEqualTo(200);
        assertThat(bob.post(DEPOSITS, deposit(secret, null)).status()).isEqualTo(202);
    }

    @Test
    void takesARefusedSecretAgain() {
        var ann = new Person(port);
        var secret = secret();
        Verifier.get().say(secret, Truth.GOOD.refused());
        settled(ann, take(ann, deposit(secret, null)));
        Verifier.get().say(secret, Truth.GOOD);

        assertThat(settled(ann, take(ann, deposit(secret, null))).path("status").asString())
                .isEqualTo("active");
    }

    @Test
    void sealsForTheKeyAndItsOwnerAlone(CapturedOutput output) {
        var ann = new Person(port);
        var secret = secret();
        var taken = settled(ann, take(ann, deposit(secret, null)));
        var keyId = taken.path("keyId").asString();

        var sealed = jdbc.sql("SELECT sealed FROM key_secret WHERE key_id = :id")
                .param("id", UUID.fromString(keyId))
                .query(String.class)
                .single();

        assertThat(Verifier.get().open(sealed, keyId + "|" + ann.id())).isEqualTo(secret);
        assertThat(everythingStored()).doesNotContain(secret);
        assertThat(output.getAll()).doesNotContain(secret);
        assertThat(taken.toString()).doesNotContain(secret);
    }

    @Test
    void showsADepositToNobodyElse() {
        var ann = new Person(port);
        var id = take(ann, deposit(secret(), null));

        assertThat(new Person(port).get(DEPOSITS + "/" + id).status()).isEqualTo(404);
        assertThat(new Person(port, "admin").get(DEPOSITS + "/" + id).status()).isEqualTo(200);
    }

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
                "\"apiKey\": 17                                     | 400 | malformed_request",
                "\"apiKey\": \"short\"                              | 400 | malformed_request",
                "\"apiKey\": \"sk-with a blank\"                    | 400 | malformed_request",
                "\"apiKey\": null                                   | 400 | malformed_request",
                "\"baseUrl\": \"https://169.254.169.254/latest\"    | 422 | base_url_refused",
                "\"baseUrl\": \"http://[::1]:8080/v1\"              | 422 | base_url_refused"
            })
    void refusesWhatCannotBeTaken(String member, int status, String code) {
        var ann = new Person(port);

        var answer = ann.post(DEPOSITS, deposit(secret(), member));

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

    @Test
    void takesAnyModelThatIsPricedFromAnAddressOfTheDepositorsOwn() {
        var ann = new Person(port);
        var secret = secret();
        var body = deposit(secret, "\"models\": [\"deepseek-chat\"]")
                .replaceFirst("}$", ", \"baseUrl\": \"http://127.0.0.1:9100/v1/\"}");

        var taken = settled(ann, take(ann, body));

        assertThat(taken.path("status").asString()).isEqualTo("active");
        assertThat(taken.path("baseUrl").asString()).isEqualTo("http://127.0.0.1:9100/v1");
    }

    @Test
    void takesOnlySoManyAtOnce() {
        var ann = new Person(port);
        Verifier.get().away(true);
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(ann.post(DEPOSITS, deposit(secret(), null)).status()).isEqualTo(202);
            }
            assertThat(ann.post(DEPOSITS, deposit(secret(), null)).code()).isEqualTo("too_many_deposits");
        } finally {
            Verifier.get().away(false);
        }
    }

    private static String take(Person person, String body) {
        Answer taken = person.post(DEPOSITS, body);
        assertThat(taken.status()).as(taken.raw().body()).isEqualTo(202);
        return taken.body().path("id").asString();
    }

    private static JsonNode settled(Person person, String id) {
        return await().until(
                        () -> person.get(DEPOSITS + "/" + id).body(),
                        body -> !body.path("status").asString().equals("verifying"));
    }

    private static String secret() {
        return "sk-test-" + UUID.randomUUID();
    }

    /** @param member replaces the one of the same name, or is added */
    private static String deposit(String secret, String member) {
        var json = new tools.jackson.databind.json.JsonMapper();
        var body = json.createObjectNode();
        body.put("provider", "openai").put("apiKey", secret).put("mode", "consignment");
        body.putArray("models").add("gpt-4o-mini").add("gpt-4o");
        if (member == null) {
            return body.toString();
        }
        var name = member.strip().substring(1, member.strip().indexOf('"', 1));
        body.remove(name);
        return body.toString().replaceFirst("}$", "," + java.util.regex.Matcher.quoteReplacement(member.strip()) + "}");
    }

    private int secretsOf(UUID keyId) {
        return jdbc.sql("SELECT count(*) FROM key_secret WHERE key_id = :id")
                .param("id", keyId)
                .query(Integer.class)
                .single();
    }

    private String everythingStored() {
        return jdbc.sql("SELECT concat((SELECT string_agg(k::text, '') FROM pool_key k),"
                        + " (SELECT string_agg(s::text, '') FROM key_secret s),"
                        + " (SELECT string_agg(a::text, '') FROM key_audit a),"
                        + " (SELECT string_agg(v::text, '') FROM verification v),"
                        + " (SELECT string_agg(d::text, '') FROM deposit d),"
                        + " (SELECT string_agg(e::text, '') FROM event_publication e))")
                .query(String.class)
                .single();
    }
}
