package io.quotabank.pool.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.pool.upstream.BaseUrls.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlsTests {

    private static final Map<String, List<String>> NAMES = Map.of(
            "api.example.com", List.of("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"),
            "inside.example.com", List.of("10.1.2.3"),
            "half.example.com", List.of("93.184.215.14", "127.0.0.1"),
            "localhost", List.of("127.0.0.1"));

    private final BaseUrls strict = new BaseUrls(new UpstreamProperties(List.of()), BaseUrlsTests::resolve);
    private final BaseUrls local =
            new BaseUrls(new UpstreamProperties(List.of("127.0.0.1/32", "10.1.0.0/16")), BaseUrlsTests::resolve);

    @ParameterizedTest
    @CsvSource({
        "https://api.example.com/v1, https://api.example.com/v1",
        "https://API.example.com/v1/, https://api.example.com/v1",
        "https://api.example.com, https://api.example.com",
        "https://api.example.com:8443/a/b-c_d.e~f//, https://api.example.com:8443/a/b-c_d.e~f",
        "https://93.184.215.14/v1, https://93.184.215.14/v1",
        "'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/v1', 'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/v1'"
    })
    void takesPublicAddressesInTheirNormalForm(String given, String normal) {
        assertThat(strict.judge(given)).isEqualTo(new Verdict.Fit(normal));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Not what a base URL is.
                "",
                "x",
                "/v1",
                "ftp://api.example.com",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "https://",
                "https:///v1",
                "https://user@api.example.com/",
                "https://user:pass@api.example.com/",
                "https://api.example.com/v1#x",
                "https://api.example.com/v1?x=1",
                "https://api.example.com:0/",
                "https://api.example.com:70000/",
                "https://api.example.com/../etc",
                "https://api.example.com/%2e%2e/",
                "https://api.example.com//v1",
                "https://api.example.com/v 1",
                "https://exämple.com/",
                "https://api.example.com\\@127.0.0.1/",
                "https://api_example.com/",
                "https://unknown.example.com/",
                // Plain http to the public.
                "http://api.example.com/v1",
                // Inside, in every spelling.
                "https://127.0.0.1/",
                "https://localhost/",
                "https://localhost./",
                "https://inside.example.com/",
                "https://half.example.com/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://017700000001/",
                "https://0177.0.0.1/",
                "https://127.1/",
                "https://127.0.1/",
                "https://0/",
                "https://0.0.0.0/",
                "https://10.0.0.1/",
                "https://172.16.0.1/",
                "https://192.168.1.1/",
                "https://169.254.169.254/latest/meta-data",
                "https://100.64.0.1/",
                "https://192.0.0.1/",
                "https://192.0.2.1/",
                "https://198.18.0.1/",
                "https://198.51.100.1/",
                "https://203.0.113.1/",
                "https://224.0.0.1/",
                "https://240.0.0.1/",
                "https://255.255.255.255/",
                "https://[::1]/",
                "https://[::]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::127.0.0.1]/",
                "https://[fe80::1]/",
                "https://[fe80::1%25eth0]/",
                "https://[fc00::1]/",
                "https://[fd12::1]/",
                "https://[ff02::1]/",
                "https://[64:ff9b::7f00:1]/",
                "https://[64:ff9b::a00:1]/",
                "https://[2002:7f00:1::]/",
                "https://[2001:0:7f00:1::]/",
                "https://[2001:db8::1]/",
                "https://[fec0::1]/"
            })
    void refuses(String given) {
        assertThat(strict.judge(given)).isInstanceOf(Verdict.Unfit.class);
    }

    @Test
    void takesTheInsideOnlyWhereASettingAllowsIt() {
        assertThat(local.judge("http://127.0.0.1:9100/v1")).isEqualTo(new Verdict.Fit("http://127.0.0.1:9100/v1"));
        assertThat(local.judge("http://localhost:9100/v1")).isEqualTo(new Verdict.Fit("http://localhost:9100/v1"));
        assertThat(local.judge("https://inside.example.com/v1")).isInstanceOf(Verdict.Fit.class);
        assertThat(local.judge("http://127.0.0.2/v1")).isInstanceOf(Verdict.Unfit.class);
        assertThat(local.judge("http://10.2.0.1/v1")).isInstanceOf(Verdict.Unfit.class);
        assertThat(local.judge("http://2130706433/v1")).isInstanceOf(Verdict.Unfit.class);
        assertThat(local.judge("http://api.example.com/v1")).isInstanceOf(Verdict.Unfit.class);
        assertThat(local.judge("http://half.example.com/v1")).isInstanceOf(Verdict.Unfit.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8007/v1, true",
        "http://localhost:8007/v1, true",
        "https://127.0.0.1:8007/v1, true",
        "http://127.0.0.1:8002/v1, false",
        "http://127.0.0.1:8004, false",
        "http://127.0.0.1:8031/v1, false",
        "http://127.0.0.1/v1, false",
        "https://127.0.0.1/v1, false",
        "http://localhost:8006/v1, false",
        "https://inside.example.com/v1, true",
        "https://inside.example.com:8443/v1, false",
        "http://inside.example.com/v1, false",
        "'http://[::1]:8007/v1', true",
        "'http://[::1]:8008/v1', false"
    })
    void takesThePortsThatASettingNamesAndNoOther(String given, boolean taken) {
        var ports = List.of("127.0.0.1/32:8007", "10.1.2.3/32:443", "[::1]/128:8007");
        var judged = new BaseUrls(new UpstreamProperties(ports), BaseUrlsTests::resolve).judge(given);

        assertThat(judged instanceof Verdict.Fit).isEqualTo(taken);
    }

    @Test
    void refusesWhatIsTooLong() {
        assertThat(strict.judge("https://api.example.com/" + "a".repeat(476))).isInstanceOf(Verdict.Fit.class);
        assertThat(strict.judge("https://api.example.com/" + "a".repeat(477))).isInstanceOf(Verdict.Unfit.class);
    }

    private static List<InetAddress> resolve(String host) {
        try {
            if (NAMES.containsKey(host.toLowerCase(Locale.ROOT))) {
                return NAMES.get(host.toLowerCase(Locale.ROOT)).stream()
                        .map(BaseUrlsTests::literal)
                        .toList();
            }
            // Literals resolve without asking anybody; names that are not in the map are not known.
            return host.matches("[0-9.]+|\\[.*]") ? Arrays.asList(InetAddress.getAllByName(host)) : List.of();
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }

    private static InetAddress literal(String text) {
        return InetAddress.ofLiteral(text);
    }
}
