package io.quotabank.local.part;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the operator's environment says of platform keys: the variables that the catalogue names, and settings of
 * pool-service for them. Only pool-service gets to see them.
 */
final class ProviderVariables {

    /** The providers of the catalogue, as their variables name them. */
    private static final List<String> PROVIDERS =
            List.of("OPENAI", "ANTHROPIC", "DEEPSEEK", "ALIBABA_DASHSCOPE", "ZHIPU", "MOONSHOT", "OPENROUTER");

    private static final String BASE_URL = "_BASE_URL";
    private static final String SETTINGS = "QUOTABANK_PLATFORMKEY_";
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Map<String, String> known = new TreeMap<>();

    ProviderVariables(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (isOurs(name) && !value.isBlank()) {
                known.put(name, value);
            }
        });
    }

    private static boolean isOurs(String name) {
        return name.startsWith(SETTINGS)
                || PROVIDERS.stream()
                        .anyMatch(provider -> name.equals(provider + "_API_KEY") || name.equals(provider + BASE_URL));
    }

    Map<String, String> all() {
        return Map.copyOf(known);
    }

    /**
     * Addresses with their ports that base URLs of the operator point at although they are not public. A host that is
     * not known has none: the service that would call it says so.
     */
    List<String> internalAddresses() {
        return known.entrySet().stream()
                .filter(variable -> variable.getKey().endsWith(BASE_URL))
                .flatMap(variable -> internalAddresses(variable.getValue().strip()))
                .distinct()
                .toList();
    }

    private static Stream<String> internalAddresses(String baseUrl) {
        try {
            var url = URI.create(baseUrl);
            var host = url.getHost();
            return host == null
                    ? Stream.empty()
                    : Arrays.stream(InetAddress.getAllByName(host))
                            .filter(ProviderVariables::isInternal)
                            .map(address -> range(address, port(url)));
        } catch (IllegalArgumentException | UnknownHostException nowhere) {
            return Stream.empty();
        }
    }

    private static boolean isInternal(InetAddress address) {
        // fc00::/7 is as private as 10.0.0.0/8, and Java has no word for it.
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || (address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc);
    }

    private static String range(InetAddress address, int port) {
        var bytes = address.getAddress();
        return bytes.length == 4
                ? address.getHostAddress() + "/32:" + port
                : "[" + address.getHostAddress().replaceFirst("%.*", "") + "]/128:" + port;
    }

    private static int port(URI url) {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        return url.getPort() < 0 ? usual : url.getPort();
    }
}
