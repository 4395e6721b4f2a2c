package io.quotabank.pool.deposit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import io.quotabank.pool.Depositor;
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
        var secret = Depositor.secret();

        var taken = ann.post(DEPOSITS, Depositor.body(secret, "\"claimedQuota\": {\"usd\": 50}"));

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
        var secret = Depositor.secret();
        Verifier.get().say(secret, Truth.GOOD.serving("gpt-4o-mini"));

        var refused = settled(ann, take(ann, Depositor.body(secret, null)));

        assertThat(refused.path("status").asString()).isEqualTo("refused");
        assertThat(refused.path("refused").path("check").asString()).isEqualTo("model:gpt-4o");
        var keyId = UUID.fromString(refused.path("keyId").asString());
        assertThat(secretsOf(keyId)).isZero();
        assertThat(ann.get("/api/pool/keys").body().path("keys")).isEmpty();
    }

    @Test
    void refusesAKeyThatTheProviderDoesNotKnow() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        Verifier.get().say(secret, Truth.GOOD.refused());

        var refused = settled(ann, take(ann, Depositor.body(secret, null)));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("authentication");
    }

    @Test
    void refusesAKeyOnWhichNothingIsLeft() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        Verifier.get().say(secret, Truth.GOOD.nothingLeft());

        var refused = settled(ann, take(ann, Depositor.body(secret, null)));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("model:gpt-4o-mini");
        assertThat(refused.path("refused").path("detail").asString()).contains("nothing is left");
    }

    @ParameterizedTest
    @CsvSource({"moonshot, kimi-k2, MOONSHOT", "deepseek, deepseek-chat, DEEPSEEK", "zhipu, glm-4.5, NONE"})
    void saysHowTheProviderTellsItsBalance(String provider, String model, BalanceForm form) {
        var ann = new Person(port);
        var body = Depositor.body(Depositor.secret(), "\"provider\": \"" + provider + "\"")
                .replaceFirst("\\[.*]", "[\"" + model + "\"]");

        var keyId = settled(ann, take(ann, body)).path("keyId").asString();

        assertThat(Verifier.get().requests())
                .filteredOn(request -> request.keyId().toString().equals(keyId))
                .isNotEmpty()
                .allSatisfy(request -> {
                    assertThat(request.balance()).isEqualTo(form);
                    assertThat(request.cnyPerUsd()).isEqualByComparingTo("7.1");
                });
    }

    @Test
    void refusesAClaimAboveTheToldBalanceAndTakesOneThatIsNot() {
        var ann = new Person(port);
        var tooMuch = Depositor.secret();
        var enough = Depositor.secret();
        Verifier.get().say(tooMuch, Truth.GOOD.telling("49.99"));
        Verifier.get().say(enough, Truth.GOOD.telling("50"));

        var refused = settled(ann, take(ann, Depositor.body(tooMuch, "\"claimedQuota\": {\"usd\": 50}")));
        var accepted = settled(ann, take(ann, Depositor.body(enough, "\"claimedQuota\": {\"usd\": 50}")));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("balance");
        assertThat(accepted.path("status").asString()).isEqualTo("active");
    }

    @Test
    void countsOnTheToldBalanceWhereNothingIsClaimed() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        Verifier.get().say(secret, Truth.GOOD.telling("9.5"));

        var accepted = settled(ann, take(ann, Depositor.body(secret, null)));

        var key = ann.get("/api/pool/keys/" + accepted.path("keyId").asString()).body();
        assertThat(key.path("state").asString()).isEqualTo("low");
        assertThat(key.path("remaining").decimalValue()).isEqualByComparingTo("950");
    }

    @Test
    void asksASilentProviderAgainAndThenRefusesSayingSo() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        Verifier.get().say(secret, Truth.GOOD.unreachable());

        var refused = settled(ann, take(ann, Depositor.body(secret, null)));

        assertThat(refused.path("refused").path("check").asString()).isEqualTo("address");
        assertThat(refused.path("refused").path("detail").asString()).startsWith("no answer after 3 tries");
    }

    @Test
    void waitsForTheVerifierAsLongAsItIsAway() {
        var ann = new Person(port);
        Verifier.get().away(true);
        String id;
        try {
            id = take(ann, Depositor.body(Depositor.secret(), null));
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
        var secret = Depositor.secret();
        var keyId = settled(ann, take(ann, Depositor.body(secret, null)))
                .path("keyId")
                .asString();

        assertThat(bob.post(DEPOSITS, Depositor.body(secret, null)).code()).isEqualTo("key_already_deposited");

        assertThat(ann.post("/api/pool/keys/" + keyId + "/withdraw", null).status())
                .isEqualTo(200);
        assertThat(bob.post(DEPOSITS, Depositor.body(secret, null)).status()).isEqualTo(202);
    }

    @Test
    void takesARefusedSecretAgain() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        Verifier.get().say(secret, Truth.GOOD.refused());
        settled(ann, take(ann, Depositor.body(secret, null)));
        Verifier.get().say(secret, Truth.GOOD);

        assertThat(settled(ann, take(ann, Depositor.body(secret, null)))
                        .path("status")
                        .asString())
                .isEqualTo("active");
    }

    @Test
    void sealsForTheKeyAndItsOwnerAlone(CapturedOutput output) {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var taken = settled(ann, take(ann, Depositor.body(secret, null)));
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
        var id = take(ann, Depositor.body(Depositor.secret(), null));

        assertThat(new Person(port).get(DEPOSITS + "/" + id).status()).isEqualTo(404);
        assertThat(new Person(port, "admin").get(DEPOSITS + "/" + id).status()).isEqualTo(200);
    }

    @Test
    void takesAnyModelThatIsPricedFromAnAddressOfTheDepositorsOwn() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var body = Depositor.body(secret, "\"models\": [\"deepseek-chat\"]")
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
                assertThat(ann.post(DEPOSITS, Depositor.body(Depositor.secret(), null))
                                .status())
                        .isEqualTo(202);
            }
            assertThat(ann.post(DEPOSITS, Depositor.body(Depositor.secret(), null))
                            .code())
                    .isEqualTo("too_many_deposits");
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
