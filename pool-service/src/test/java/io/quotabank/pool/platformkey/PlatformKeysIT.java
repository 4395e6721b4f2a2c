package io.quotabank.pool.platformkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Records;
import io.quotabank.pool.Verifier;
import io.quotabank.pool.Verifier.Truth;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.custody.Custody;
import io.quotabank.pool.key.Key;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.platformkey.PlatformKeyProperties.Placement;
import io.quotabank.pool.upstream.BaseUrls;
import io.quotabank.pool.verification.Verifications;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.transaction.support.TransactionTemplate;

@PoolTest
class PlatformKeysIT {

    @LocalServerPort
    private int port;

    @Autowired
    private Catalog catalog;

    @Autowired
    private BaseUrls baseUrls;

    @Autowired
    private Custody custody;

    @Autowired
    private PoolKeys keys;

    @Autowired
    private Verifications verifications;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private Ids ids;

    @Test
    void followsTheEnvironmentFromStartToStart() {
        var secret = Depositor.secret();
        var environment = new MockEnvironment()
                .withProperty("OPENAI_API_KEY", secret)
                .withProperty("OPENAI_BASE_URL", "http://127.0.0.1:9100/v1/");
        Verifier.get().say(secret, Truth.GOOD.serving("gpt-4o-mini", "gpt-4o"));

        start(environment);
        var made = await().until(this::key, key -> key.state() == State.ACTIVE);

        assertThat(made.kind()).isEqualTo(Kind.FALLBACK);
        assertThat(made.priority()).isEqualTo(1);
        assertThat(made.ownerId()).isNull();
        assertThat(made.ownerBasisPoints()).isZero();
        assertThat(made.baseUrl()).isEqualTo("http://127.0.0.1:9100/v1");
        assertThat(made.models()).containsExactlyInAnyOrder("gpt-4o-mini", "gpt-4o");
        assertThat(Verifier.get().open(keys.sealedSecret(made.id()).orElseThrow(), made.id() + "|platform"))
                .isEqualTo(secret);

        start(environment);
        assertThat(key().version()).isEqualTo(made.version());

        start(new MockEnvironment());
        assertThat(key().state()).isEqualTo(State.PAUSED);

        start(environment);
        assertThat(key().state()).isEqualTo(State.ACTIVE);

        var changed = Depositor.secret();
        Verifier.get().say(changed, Truth.GOOD.refused());
        start(environment.withProperty("OPENAI_API_KEY", changed));
        await().until(() -> key().state() == State.INVALID);
        assertThat(key().lastFour()).isEqualTo(changed.substring(changed.length() - 4));

        start(environment.withProperty("OPENAI_API_KEY", secret));
        await().until(() -> key().state() == State.ACTIVE);
        assertThat(key().id()).isEqualTo(made.id());
    }

    @Test
    void leavesOutWhatCannotBeAKey() {
        start(new MockEnvironment().withProperty("ZHIPU_API_KEY", "short"));
        start(new MockEnvironment()
                .withProperty("ZHIPU_API_KEY", Depositor.secret())
                .withProperty("ZHIPU_BASE_URL", "http://169.254.169.254/"));

        assertThat(keys.findByVariable("ZHIPU_API_KEY")).isEmpty();
    }

    @Test
    void leavesOutAKeyThatSomebodyHasDeposited() {
        var secret = Depositor.secret();
        new Depositor(new Person(port)).key(secret, null);

        start(new MockEnvironment().withProperty("MOONSHOT_API_KEY", secret));

        assertThat(keys.findByVariable("MOONSHOT_API_KEY")).isEmpty();
    }

    @Test
    void placesAKeyAsTheSettingsSayFromStartToStart() {
        var environment = new MockEnvironment().withProperty("DEEPSEEK_API_KEY", Depositor.secret());

        start(environment, Map.of("deepseek", new Placement(Kind.POOL, 1), "zhipu", new Placement(Kind.FALLBACK, 9)));
        var made = await().until(() -> key("DEEPSEEK_API_KEY"), key -> key.state() == State.ACTIVE);
        assertThat(made.kind()).isEqualTo(Kind.POOL);

        start(environment, Map.of("deepseek", new Placement(Kind.FALLBACK, 3)));
        assertThat(key("DEEPSEEK_API_KEY").kind()).isEqualTo(Kind.FALLBACK);
        assertThat(key("DEEPSEEK_API_KEY").priority()).isEqualTo(3);
        assertThat(key("DEEPSEEK_API_KEY").state()).isEqualTo(State.ACTIVE);
        await().until(() -> Records.of(PoolKeyRecord.TOPIC, made.id().toString(), PoolKeyRecord.class).stream()
                .anyMatch(record -> record.kind() == Kind.FALLBACK && record.priority() == 3));

        start(environment);
        assertThat(key("DEEPSEEK_API_KEY").priority()).isEqualTo(1);
        long version = key("DEEPSEEK_API_KEY").version();
        start(environment);
        assertThat(key("DEEPSEEK_API_KEY").version()).isEqualTo(version);
    }

    @Test
    void triesADepletedKeyAgainAtTheNextStart() {
        var environment = new MockEnvironment().withProperty("OPENROUTER_API_KEY", Depositor.secret());
        start(environment);
        var made = await().until(() -> key("OPENROUTER_API_KEY"), key -> key.state() == State.ACTIVE);
        keys.exhaust(made.id(), By.pool("the provider says that nothing is left"));
        assertThat(key("OPENROUTER_API_KEY").state()).isEqualTo(State.DEPLETED);

        start(environment);

        await().until(() -> key("OPENROUTER_API_KEY").state() == State.ACTIVE);
    }

    @Test
    void refusesSettingsForAProviderThatIsNotInTheCatalogue() {
        assertThatThrownBy(() -> start(new MockEnvironment(), Map.of("opanai", new Placement(Kind.POOL, 1))))
                .hasMessageContaining("opanai");
    }

    private void start(MockEnvironment environment) {
        start(environment, Map.of());
    }

    private void start(MockEnvironment environment, Map<String, Placement> placements) {
        var properties = new PlatformKeyProperties(placements);
        new PlatformKeys(environment, properties, catalog, baseUrls, custody, keys, verifications, transactions, ids)
                .follow();
    }

    private Key key() {
        return key("OPENAI_API_KEY");
    }

    private Key key(String variable) {
        return keys.findByVariable(variable).orElseThrow();
    }
}
