package io.quotabank.pool.upstream;

import io.quotabank.platform.address.AddressRanges;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.stereotype.Component;

/**
 * Judges the base URLs that depositors give. proxy-service judges the address again each time that it connects, because
 * a name can change what it points at.
 */
@Component
public class BaseUrls {

    /** How a base URL is judged. */
    public sealed interface Verdict {
        /** @param baseUrl in its normal form, without a trailing slash */
        record Fit(String baseUrl) implements Verdict {}

        /** @param why for the depositor */
        record Unfit(String why) implements Verdict {}
    }

    private static final int LONGEST = 500;
    private static final int HIGHEST_PORT = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)*");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+]");
    // A host whose last label is a number is an address to some parsers and a name to others, unless it is written so:
    private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9A-Fa-f]*)");
    private static final Pattern DOTTED_QUAD = Pattern.compile("((0|[1-9][0-9]{0,2})\\.){3}(0|[1-9][0-9]{0,2})");
    // Ranges of IPv6 that hide an address of IPv4 in themselves: translated, 6to4, Teredo.
    private static final InetAddressFilter DISGUISED =
            InetAddressFilter.of("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96");

    private final AddressRanges internal;
    private final Function<String, List<InetAddress>> resolver;

    @Autowired
    BaseUrls(UpstreamProperties properties) {
        this(properties, BaseUrls::resolve);
    }

    /** @param resolver all addresses of a host; none where it has none */
    BaseUrls(UpstreamProperties properties, Function<String, List<InetAddress>> resolver) {
        this.internal = AddressRanges.of(properties.allowedInternal());
        this.resolver = resolver;
    }

    public Verdict judge(String text) {
        if (text.length() > LONGEST) {
            return new Verdict.Unfit("it is longer than 500 characters");
        }
        try {
            var url = new URI(text.strip().replaceFirst("/+$", ""));
            var fault = formFault(url);
            return fault == null ? judgeAddresses(url) : new Verdict.Unfit(fault);
        } catch (URISyntaxException malformed) {
            return new Verdict.Unfit("it is not a URL");
        }
    }

    private static @Nullable String formFault(URI url) {
        var host = url.getHost();
        if (!"https".equalsIgnoreCase(url.getScheme()) && !"http".equalsIgnoreCase(url.getScheme())) {
            return "it does not begin with https://";
        }
        if (url.getRawUserInfo() != null) {
            return "it holds credentials";
        }
        if (url.getRawFragment() != null || url.getRawQuery() != null) {
            return "it has a query or a fragment";
        }
        if (host == null || !HOST.matcher(host).matches()) {
            return "its host is not a name or an address";
        }
        if (ENDS_IN_A_NUMBER.matcher(host).matches()
                && !DOTTED_QUAD.matcher(host).matches()) {
            return "its host is a number; write an address as four decimal parts";
        }
        if (url.getPort() == 0 || url.getPort() > HIGHEST_PORT) {
            return "its port is out of range";
        }
        return url.getRawPath().contains("..")
                        || !PATH.matcher(url.getRawPath()).matches()
                ? "its path has other than plain segments"
                : null;
    }

    private Verdict judgeAddresses(URI url) {
        var addresses = resolver.apply(url.getHost());
        if (addresses.isEmpty()) {
            return new Verdict.Unfit("its host is not known");
        }
        int port = port(url);
        boolean allowed = addresses.stream().allMatch(address -> internal.contains(address, port));
        if (!allowed && !addresses.stream().allMatch(address -> reachable(address, port))) {
            return new Verdict.Unfit("its host is not on the public internet");
        }
        var scheme = url.getScheme().toLowerCase(Locale.ROOT);
        if (scheme.equals("http") && !allowed) {
            return new Verdict.Unfit("it is not encrypted: use https://");
        }
        var written = url.getPort() < 0 ? "" : ":" + url.getPort();
        return new Verdict.Fit(scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + written + url.getRawPath());
    }

    private static int port(URI url) {
        int usual = "https".equalsIgnoreCase(url.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        return url.getPort() < 0 ? usual : url.getPort();
    }

    private boolean reachable(InetAddress address, int port) {
        boolean external = InetAddressFilter.externalAddresses().matches(address);
        return internal.contains(address, port) || (external && !DISGUISED.matches(address));
    }

    private static List<InetAddress> resolve(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }
}
