package io.quotabank.proxy.upstream;

import io.quotabank.platform.address.AddressRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * Resolves names, and literal addresses, to those of their addresses that may be called. It is asked each time a
 * connection is made, and the connection goes to what it answered: a name that changes its address gains nothing. What
 * is not public is called only on the ports that the setting names.
 */
final class GuardedDns implements DnsResolver {

    /** None of the host's addresses may be called. */
    static final class RefusedAddressException extends UnknownHostException {
        RefusedAddressException() {
            super("the host's address is not a public one");
        }
    }

    private static final InetAddressFilter PUBLIC =
            InetAddressFilter.externalAddresses().andNot(InetAddressFilter.specialPurpose());
    private static final int NO_PORT = 0;

    private final AddressRanges internal;

    /** @param allowedInternal ranges that may be called although they are not public */
    GuardedDns(List<String> allowedInternal) {
        this.internal = AddressRanges.of(allowedInternal);
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return permitted(host, port).stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** Without a port only what may be called on every port. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return permitted(host, NO_PORT).toArray(InetAddress[]::new);
    }

    private List<InetAddress> permitted(String host, int port) throws UnknownHostException {
        var permitted = Arrays.stream(SystemDefaultDnsResolver.INSTANCE.resolve(host))
                .filter(address -> PUBLIC.matches(address) || internal.contains(address, port))
                .toList();
        if (permitted.isEmpty()) {
            throw new RefusedAddressException();
        }
        return permitted;
    }

    @Override
    public @Nullable String resolveCanonicalHostname(String host) throws UnknownHostException {
        return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
    }
}
