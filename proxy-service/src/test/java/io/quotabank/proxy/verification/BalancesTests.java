package io.quotabank.proxy.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.verification.KeyBalances.Answer;
import io.quotabank.contracts.verification.KeyBalances.Question;
import io.quotabank.contracts.verification.KeyBalances.Told;
import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import io.quotabank.proxy.custody.TestCustody;
import io.quotabank.proxy.routing.TestRouting;
import io.quotabank.proxy.upstream.ScriptedProvider;
import io.quotabank.proxy.upstream.TestUpstream;
import io.quotabank.proxy.upstream.UpstreamClient;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalancesTests {

    private static final UUID KEY = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();

    private final ScriptedProvider provider = new ScriptedProvider();
    private final UpstreamClient upstream = TestUpstream.allowing(Duration.ofSeconds(2), "127.0.0.0/8");
    private final TestCustody seals = new TestCustody();

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        provider.close();
    }

    @Test
    void asksByTheKeysOwnSecretAtItsOwnAddressAndCallsNoModel() {
        provider.script(call -> call.json(200, balance("3.20")));

        assertThat(tell(key())).isEqualTo(new Answer(Told.BALANCE, new BigDecimal("3.20")));

        assertThat(provider.calls()).singleElement().satisfies(call -> {
            assertThat(call.target()).startsWith("GET /user/balance ");
            assertThat(call.header("authorization")).isEqualTo("Bearer sk-deposited");
        });
    }

    @Test
    void tellsNoBalanceOfAProviderThatHasNone() {
        provider.script(call -> call.json(404, "{}"));

        assertThat(tell(key()).told()).isEqualTo(Told.NO_BALANCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void takesNoAnswerForNoBalance(int status) {
        provider.script(call -> call.json(status, balance("3.20")));

        assertThat(tell(key()).told()).isEqualTo(Told.NO_ANSWER);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"ACTIVE", "LOW"},
            mode = EnumSource.Mode.EXCLUDE)
    void leavesKeysAloneThatServeNobody(State state) {
        var paused = TestRouting.changed(key(), Kind.CONSIGNMENT, state, null, Limits.NONE);

        assertThat(tell(paused).told()).isEqualTo(Told.NO_KEY);
        assertThat(provider.calls()).isEmpty();
    }

    @Test
    void knowsNoKeyThatItNeverHeardOfOrCannotOpen() {
        var foreign = TestRouting.key(KEY, OWNER, "openai", provider.baseUrl(), "bm90IHNlYWxlZA==", "m");

        assertThat(tell(foreign).told()).isEqualTo(Told.NO_KEY);
        assertThat(tell().told()).isEqualTo(Told.NO_KEY);
    }

    private PoolKeyRecord key() {
        return TestRouting.key(KEY, OWNER, "openai", provider.baseUrl(), seals.seal(KEY, OWNER, "sk-deposited"), "m");
    }

    private Answer tell(PoolKeyRecord... known) {
        var probe = new Probe(upstream, new VerificationProperties(Duration.ofMillis(700), 50));
        return new Balances(seals.custody(), TestRouting.of(known), probe)
                .tell(new Question(KEY, BalanceForm.NONE, new BigDecimal("7.1")));
    }

    private static String balance(String usd) {
        return "{\"balance_infos\":[{\"currency\":\"USD\",\"total_balance\":\"" + usd + "\"}]}";
    }
}
