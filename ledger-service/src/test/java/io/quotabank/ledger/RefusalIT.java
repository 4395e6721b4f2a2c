package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.lock.Lock;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals that no feature's own tests meet by their codes. */
class RefusalIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final UUID user = UUID.randomUUID();

    @Test
    void oneProofRunsAtATime() throws SQLException {
        try (var other = LEDGER.database().connect(LEDGER.database().service());
                var lock = other.createStatement()) {
            lock.execute("SELECT pg_advisory_lock(" + Lock.RECONCILIATION.number() + ")");

            var refused = LEDGER.call("POST", "/api/ledger/reconciliation", Applications.admin(), "");

            assertThat(Applications.told(refused)).isEqualTo("409 reconciliation_running");
            // The end of a connection is noticed some time later.
            lock.execute("SELECT pg_advisory_unlock(" + Lock.RECONCILIATION.number() + ")");
        }
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void whoGuessesCodesIsStopped() {
        try (var strict = LEDGER.another(
                Map.of("quotabank.redemption.tries-an-hour", "1", "quotabank.settlement.start", "false"))) {
            assertThat(Applications.told(redeem(strict, "a guess"))).isEqualTo("422 code_refused");
            assertThat(Applications.told(redeem(strict, "another"))).isEqualTo("429 too_many_redemptions");
        }
    }

    @Test
    void twoPackagesOfOnePriceAreNotOffered() {
        var body = "{\"name\":\"a\",\"amount\":1000,\"credits\":100}";
        var refused = LEDGER.call("PUT", "/api/credits/packages/" + UUID.randomUUID(), Applications.admin(), body);
        assertThat(Applications.told(refused)).isEqualTo("409 conflict");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/credits/consume, 405 method_not_allowed",
        "POST, /api/credits/nothing, 404 not_found",
        "POST, /api/credits/consume, 403 forbidden",
        "POST, /api/credits/gifts, 403 forbidden",
        "POST, /api/credits/codes, 403 forbidden",
        "POST, /api/ledger/dead-letters/replay, 403 forbidden",
        "POST, /api/ledger/reconciliation, 403 forbidden",
        "GET, /api/ledger/seal, 403 forbidden"
    })
    void whatAPersonMayNotDo(String method, String path, String told) {
        var sent = method.equals("GET") ? "" : "{}";
        assertThat(Applications.told(LEDGER.call(method, path, TestIdentity.user(user), sent)))
                .isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /api/ledger/reconciliation | administrators, auditors and the platform's own services prove the books",
                "POST | /api/ledger/reconciliation | administrators, auditors and the platform's own services prove the books",
                "GET | /api/ledger/seal | administrators, auditors and the platform's own services read the seal",
                "GET | /api/ledger/seal/1 | administrators, auditors and the platform's own services read the seal",
                "GET | /api/ledger/seal/1/transfers | administrators and auditors read transfers",
                "POST | /api/ledger/dead-letters/replay | administrators and the platform's own services replay dead letters",
                "GET | /api/ledger/splits | administrators, auditors and applications read splits",
                "GET | /api/ledger/splits/sale | administrators, auditors and applications read splits"
            })
    void aRefusalSaysWhoMay(String method, String path, String who) {
        var refused = LEDGER.call(method, path, TestIdentity.user(user), "", "Accept-Language", "en");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().path("detail").asString()).isEqualTo("only " + who);
    }

    @Test
    void withoutATokenNobodyIsLetIn() {
        var refused = LEDGER.call("POST", "/api/credits/consume", null, "{}");
        assertThat(Applications.told(refused)).isEqualTo("401 unauthenticated");
    }

    private Ledger.Response redeem(Ledger ledger, String code) {
        return ledger.call("POST", "/api/credits/redeem", TestIdentity.user(user), "{\"code\":\"" + code + "\"}");
    }
}
