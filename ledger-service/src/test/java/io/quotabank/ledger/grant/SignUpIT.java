package io.quotabank.ledger.grant;

import static io.quotabank.ledger.Applications.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sign-up gift is for who signed up: nobody gets it by being named. */
class SignUpIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final UUID user = UUID.randomUUID();
    private final String application = TestIdentity.user(UUID.randomUUID(), "service");

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/credits/consume | \"action\":\"video\"",
                "/api/credits/holds | \"amount\":1,\"description\":\"a video\""
            })
    void whoeverIsNamedAndNeverSignedInIsNotFoundAndGetsNoAccount(String path, String rest) {
        for (var token : new String[] {application, Applications.admin(), Applications.videos()}) {
            assertThat(told(post(path, token, rest))).isEqualTo("404 not_found");
        }
        assertThat(LEDGER.number("SELECT count(*) FROM account WHERE person = ?", user))
                .isZero();
    }

    @Test
    void aRechargeForSomebodyIsTheirsWithoutTheGiftWhichWaitsForThem() {
        assertThat(told(post("/api/credits/recharge", application, "\"credits\":5")))
                .isEqualTo("200");
        assertThat(posted()).isEqualTo(5_000_000);
        assertThat(told(post("/api/credits/consume", application, "\"action\":\"video\"")))
                .isEqualTo("400 insufficient_credits");

        var own = TestIdentity.user(user);
        assertThat(LEDGER.call("GET", "/api/credits/balance/" + user, own, "")
                        .body()
                        .get("credits")
                        .toString())
                .isEqualTo("525");
        LEDGER.call("GET", "/api/credits/balance/" + user, own, "");

        assertThat(posted()).isEqualTo(People.SIGN_UP + 5_000_000);
    }

    @Test
    void anAdministratorsGiftIsTheOnlyOneUntilTheySignIn() {
        assertThat(told(post("/api/credits/gifts", Applications.admin(), "\"credits\":5,\"reason\":\"a test\"")))
                .isEqualTo("200");
        assertThat(posted()).isEqualTo(5_000_000);
    }

    private Response post(String path, String token, String rest) {
        return LEDGER.call("POST", path, token, "{\"user_id\":\"" + user + "\"," + rest + "}");
    }

    private long posted() {
        return new People(LEDGER).posted(user);
    }
}
