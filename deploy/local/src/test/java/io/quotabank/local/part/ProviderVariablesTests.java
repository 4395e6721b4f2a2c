package io.quotabank.local.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProviderVariablesTests {

    private static final Path CATALOGUE = Path.of("../../pool-service/src/main/resources/catalog.json");
    private static final Pattern VARIABLE = Pattern.compile("\"(?:keyVariable|baseUrlVariable)\": \"([A-Z_]+)\"");

    @Test
    void passesOnEveryVariableThatTheCatalogueNames() throws Exception {
        var named = VARIABLE.matcher(Files.readString(CATALOGUE))
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toMap(Function.identity(), name -> "https://1.1.1.1/" + name));
        assertThat(named).containsKey("ANTHROPIC_API_KEY").hasSizeGreaterThan(10);

        assertThat(new ProviderVariables(named).all()).isEqualTo(named);
    }

    @Test
    void passesOnNothingElse() {
        var environment = Map.of(
                "PATH", "/bin",
                "AWS_SECRET_ACCESS_KEY", "x",
                "GITHUB_TOKEN", "x",
                "OPENAI_API_KEY", " ",
                "QUOTABANK_PLATFORMKEY_PROVIDERS_OPENAI_KIND", "pool");

        assertThat(new ProviderVariables(environment).all())
                .containsOnly(Map.entry("QUOTABANK_PLATFORMKEY_PROVIDERS_OPENAI_KIND", "pool"));
    }

    @Test
    void allowsTheOperatorsOwnInternalBaseUrlsOnTheirPortsAlone() {
        var environment = Map.of(
                "OPENAI_BASE_URL", "http://127.0.0.1:11434/v1",
                "ANTHROPIC_BASE_URL", "http://10.20.30.40/v1",
                "DEEPSEEK_BASE_URL", "https://[::1]/v1",
                "ZHIPU_BASE_URL", "https://[fd00::7]:8443/v1",
                "MOONSHOT_BASE_URL", "https://1.1.1.1/v1",
                "OPENROUTER_BASE_URL", "not a url");

        assertThat(new ProviderVariables(environment).internalAddresses())
                .containsExactlyInAnyOrder(
                        "127.0.0.1/32:11434",
                        "10.20.30.40/32:80",
                        "[0:0:0:0:0:0:0:1]/128:443",
                        "[fd00:0:0:0:0:0:0:7]/128:8443");
    }
}
