package io.quotabank.ledger.credit;

import static io.quotabank.ledger.Applications.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What another application, which signed in for itself, may and may not do. */
class ApplicationAccessIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final UUID subject = UUID.randomUUID();
    private final String token = TestIdentity.user(subject, "service");
    private final UUID user = UUID.randomUUID();

    @Test
    void rechargesAtOnceAndSeesEveryonesBalance() {
        var body =
                "{\"user_id\":\"%s\",\"amount\":1,\"credits\":80,\"payment_method\":\"manual\",\"order_id\":\"a-%s\"}"
                        .formatted(user, user);
        assertThat(told(call("POST", "/api/credits/recharge", body))).isEqualTo("200");

        var balance = call("GET", "/api/credits/balance/" + user, "");
        assertThat(balance.body().get("credits").toString()).isEqualTo("80");
        assertThat(balance.body().get("email").isNull()).isTrue();
        for (var path : new String[] {"history", "stats", "statement"}) {
            assertThat(call("GET", "/api/credits/" + path + "/" + user, "").status())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void hasNoAccountOfItsOwn() {
        assertThat(told(call("GET", "/api/credits/balance/" + subject, ""))).isEqualTo("404 not_found");
        assertThat(told(call("GET", "/api/credits/history/" + subject, ""))).isEqualTo("404 not_found");
        assertThat(LEDGER.number("SELECT count(*) FROM account WHERE code = ?", "user:" + subject))
                .isZero();
    }

    /** Also for a service of ours: without a name there is nobody whose credits could be meant. */
    @ParameterizedTest
    @ValueSource(strings = {"balance", "history", "stats", "statement"})
    void namesThePersonWhoseCreditsItLooksAt(String what) {
        for (var caller : List.of(token, TestIdentity.service("pool-service"))) {
            var refused = LEDGER.call("GET", "/api/credits/" + what, caller, "");

            assertThat(told(refused)).isEqualTo("400 malformed_request");
            assertThat(refused.body().path("detail").asString()).isEqualTo("应用须指明用户：路径以 /{userId} 结尾");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /api/credits/gifts | {\"user_id\":\"%s\",\"credits\":1,\"reason\":\"r\"}",
                "POST | /api/credits/codes | {\"count\":1,\"credits\":1,\"codes_expire_at\":99999999999999,\"reason\":\"r\"}",
                "POST | /api/credits/redeem | {\"code\":\"AAAA\"}",
                "GET | /api/credits/invitation |",
                "POST | /api/credits/invitation | {\"code\":\"AAAA\"}",
                "PUT | /api/credits/tiers/%s | {\"tier\":\"gold\"}",
                "PUT | /api/credits/actions/video | {\"amount\":1}",
                "DELETE | /api/credits/actions/video |",
                "PUT | /api/credits/packages/%s | {\"name\":\"n\",\"amount\":1,\"credits\":1}",
                "POST | /api/credits/holds | {\"user_id\":\"%s\",\"amount\":1,\"kind\":\"purchase\",\"description\":\"d\"}",
                "PUT | /api/ledger/splits/market | {\"version\":1,\"shares\":[{\"payee\":\"seller\",\"basis_points\":10000}]}",
                "POST | /api/ledger/reconciliation |",
                "GET | /api/ledger/reconciliation |",
                "GET | /api/ledger/seal |",
                "GET | /api/ledger/seal/0/transfers |",
                "POST | /api/ledger/dead-letters/replay |",
                "POST | /api/payment/orders/%s/refunds | {}",
                "POST | /internal/leases | {}",
                "POST | /internal/charges | {}",
                "POST | /internal/caps | {}"
            })
    void doesNothingOfAnAdministratorsAPersonsOrAServicesOwn(String method, String path, String body) {
        var sent = body == null ? "" : body.replace("%s", user.toString());

        assertThat(told(call(method, path.replace("%s", user.toString()), sent)))
                .isEqualTo("403 forbidden");
    }

    @Test
    void seesNoPayments() {
        assertThat(told(call("GET", "/api/payment/orders?user_id=" + user, ""))).isEqualTo("404 not_found");
        assertThat(told(call("GET", "/api/payment/orders/" + user, ""))).isEqualTo("404 not_found");
        assertThat(told(call("POST", "/api/payment/callback/stripe", "{}"))).isEqualTo("404 not_found");
    }

    private Response call(String method, String path, String body) {
        return LEDGER.call(method, path, token, body);
    }
}
