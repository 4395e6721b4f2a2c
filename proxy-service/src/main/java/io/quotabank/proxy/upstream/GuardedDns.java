package io.quotabank.proxy.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * Resolves names, and literal addresses, to those of their addresses that may be called. It is asked each time a
 * connection is made, and the connection goes to what it answered: a name that changes its address gains nothing.
 */
final class GuardedDns implements DnsResolver {

    /** None of the host's addresses may be called. */
    static final class RefusedAddressException extends UnknownHostException {
        RefusedAddressException() {
            super("the host's address is not a public one");
        }
    }

    private final InetAddressFilter allowed;

    /** @param allowedInternal CIDR blocks that may be called although they are not public */
    GuardedDns(List<String> allowedInternal) {
        var external = InetAddressFilter.externalAddresses().andNot(InetAddressFilter.specialPurpose());
        this.allowed = allowedInternal.isEmpty() ? external : external.or(allowedInternal.toArray(String[]::new));
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        var permitted = Arrays.stream(SystemDefaultDnsResolver.INSTANCE.resolve(host))
                .filter(allowed::matches)
                .toArray(InetAddress[]::new);
        if (permitted.length == 0) {
            throw new RefusedAddressException();
        }
        return permitted;
    }

    @Override
    public @Nullable String resolveCanonicalHostname(String host) throws UnknownHostException {
        return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
    }
}
