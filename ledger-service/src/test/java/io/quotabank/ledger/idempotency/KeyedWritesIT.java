package io.quotabank.ledger.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Writes that are no transfers honour keys as well: a repeat gets the first answer and undoes nothing of later. */
class KeyedWritesIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final String admin = TestIdentity.user(UUID.randomUUID(), "user", "admin");
    private final String key = UUID.randomUUID().toString();

    @Test
    void aPackageIsChangedOncePerKey() {
        var path = "/api/credits/packages/" + UUID.randomUUID();
        var body = "{\"name\":\"first\",\"amount\":777,\"credits\":70,\"bonus\":1.5,\"is_active\":false}";

        var first = answered("PUT", path, admin, body);
        assertThat(LEDGER.call("PUT", path, admin, body.replace("first", "second"))
                        .status())
                .isEqualTo(200);

        sameAgain(first, "PUT", path, admin, body);
        assertThat(LEDGER.number("SELECT count(*) FROM credit_package WHERE name = 'second' AND id = ?", id(path)))
                .isEqualTo(1);
        refused("PUT", path, admin, body.replace("777", "778"));
    }

    @Test
    void aPackageThatCanNotBeOfferedKeepsNoKey() {
        var path = "/api/credits/packages/" + UUID.randomUUID();
        var body = "{\"name\":\"x\",\"amount\":1000,\"credits\":70}";
        assertThat(keyed("PUT", path, admin, body).body().get("code").asString())
                .isEqualTo("conflict");

        answered("PUT", path, admin, body.replace("1000", "999").replace("}", ",\"is_active\":false}"));
    }

    @Test
    void aTierIsSetOncePerKey() {
        var person = UUID.randomUUID();
        People.signUp(LEDGER, person);
        var path = "/api/credits/tiers/" + person;

        var first = answered("PUT", path, admin, "{\"tier\":\"gold\"}");
        LEDGER.call("PUT", path, admin, "{\"tier\":\"silver\"}");

        sameAgain(first, "PUT", path, admin, "{\"tier\":\"gold\"}");
        assertThat(LEDGER.call("GET", path, admin, "").body().get("tier").asString())
                .isEqualTo("silver");
        refused("PUT", path, admin, "{\"tier\":\"bronze\"}");
    }

    @Test
    void aVersionOfASplitIsAddedOncePerKey() {
        var path = "/api/ledger/splits/k" + key.replace("-", "");
        var body = "{\"version\":0,\"shares\":[{\"payee\":\"seller\",\"basis_points\":10000}]}";

        var first = answered("PUT", path, admin, body);
        LEDGER.call("PUT", path, admin, body.replace(":0,", ":1,"));

        sameAgain(first, "PUT", path, admin, body);
        assertThat(LEDGER.call("PUT", path, admin, body).status()).isEqualTo(409);
        refused("PUT", path, admin, body.replace("seller", "platform"));
    }

    @Test
    void anInvitationIsAcceptedOncePerKey() {
        var invited = TestIdentity.user(UUID.randomUUID());
        var path = "/api/credits/invitation";
        assertThat(keyed("POST", path, invited, "{\"code\":\"NOSUCHCODE\"}")
                        .body()
                        .get("code")
                        .asString())
                .isEqualTo("invitation_unknown");
        var body = "{\"code\":\"" + code() + "\"}";

        var first = answered("POST", path, invited, body);

        sameAgain(first, "POST", path, invited, body);
        refused("POST", path, invited, "{\"code\":\"" + code() + "\"}");
    }

    private static String code() {
        return LEDGER.call("GET", "/api/credits/invitation", TestIdentity.user(UUID.randomUUID()), "")
                .body()
                .get("code")
                .asString();
    }

    private static UUID id(String path) {
        return UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
    }

    private Response answered(String method, String path, String token, String body) {
        var answer = keyed(method, path, token, body);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer;
    }

    private void sameAgain(Response first, String method, String path, String token, String body) {
        assertThat(answered(method, path, token, body).body()).isEqualTo(first.body());
    }

    private void refused(String method, String path, String token, String body) {
        var refused = keyed(method, path, token, body);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().get("code").asString()).isEqualTo("idempotency_key_reused");
    }

    private Response keyed(String method, String path, String token, String body) {
        return LEDGER.call(method, path, token, body, "Idempotency-Key", key);
    }
}
