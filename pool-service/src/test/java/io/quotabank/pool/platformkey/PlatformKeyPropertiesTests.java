package io.quotabank.pool.platformkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.pool.platformkey.PlatformKeyProperties.Placement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PlatformKeyPropertiesTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Bound.class);

    @Test
    void placesAKeyByVariablesOfTheEnvironment() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "systemEnvironment-test-systemEnvironment",
                                Map.of(
                                        "QUOTABANK_PLATFORMKEY_PROVIDERS_OPENAI_KIND", "pool",
                                        "QUOTABANK_PLATFORMKEY_PROVIDERS_DEEPSEEK_PRIORITY", "4"))))
                .run(context -> {
                    var properties = context.getBean(PlatformKeyProperties.class);
                    assertThat(properties.of("openai")).isEqualTo(new Placement(Kind.POOL, 1));
                    assertThat(properties.of("deepseek")).isEqualTo(new Placement(Kind.FALLBACK, 4));
                    assertThat(properties.of("zhipu")).isEqualTo(new Placement(Kind.FALLBACK, 1));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quotabank.platform-key.providers.openai.kind=consignment",
                "quotabank.platform-key.providers.openai.kind=spare",
                "quotabank.platform-key.providers.openai.priority=-1",
                "quotabank.platform-key.providers.openai.priority=first"
            })
    void refusesWhatIsNoPlace(String setting) {
        runner.withPropertyValues(setting).run(context -> assertThat(context).hasFailed());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(PlatformKeyProperties.class)
    static class Bound {}
}
