package io.quotabank.platform.address;

import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of addresses, each on every port or on one: {@code 10.1.0.0/16}, {@code 127.0.0.1/32:8007},
 * {@code [::1]/128:8007}. Without a length a range is the one address. An address of IPv6 stands in brackets, except in
 * the usual {@code fd00::/8}.
 */
public final class AddressRanges {

    private static final Pattern FORM =
            Pattern.compile("(?:\\[(?<bracketed>[0-9A-Fa-f:.]+)]|(?<quad>(?:[0-9]{1,3}\\.){3}[0-9]{1,3}))"
                    + "(?:/(?<length>[0-9]{1,3}))?(?::(?<port>[0-9]{1,5}))?");
    private static final Pattern BARE = Pattern.compile("(?<bare>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)/(?<length>[0-9]{1,3})");
    private static final int HIGHEST_PORT = 65_535;

    /** @param port null for every port */
    private record Range(
            InetAddress first, int length, @Nullable Integer port) {

        boolean contains(InetAddress address, int otherPort) {
            return (port == null || port == otherPort) && sameStart(first.getAddress(), address.getAddress());
        }

        private boolean sameStart(byte[] address, byte[] other) {
            if (address.length != other.length) {
                return false;
            }
            int whole = length / Byte.SIZE;
            for (int i = 0; i < whole; i++) {
                if (address[i] != other[i]) {
                    return false;
                }
            }
            int rest = length % Byte.SIZE;
            int unused = Byte.SIZE - rest;
            return rest == 0 || (address[whole] & 0xff) >> unused == (other[whole] & 0xff) >> unused;
        }
    }

    private final List<Range> ranges;

    private AddressRanges(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** @throws IllegalArgumentException naming the first text that is no range */
    public static AddressRanges of(List<String> texts) {
        return new AddressRanges(texts.stream().map(AddressRanges::range).toList());
    }

    public boolean contains(InetAddress address, int port) {
        return ranges.stream().anyMatch(range -> range.contains(address, port));
    }

    private static Range range(String text) {
        var bare = BARE.matcher(text);
        if (bare.matches()) {
            return range(text, bare.group("bare"), bare.group("length"), null);
        }
        var form = FORM.matcher(text);
        if (!form.matches()) {
            throw unfit(text);
        }
        return range(text, address(form), form.group("length"), form.group("port"));
    }

    private static String address(Matcher form) {
        var bracketed = form.group("bracketed");
        return bracketed == null ? form.group("quad") : bracketed;
    }

    private static Range range(String text, String literal, @Nullable String length, @Nullable String port) {
        var address = address(text, literal);
        int bits = address.getAddress().length * Byte.SIZE;
        var range = new Range(
                address, length == null ? bits : Integer.parseInt(length), port == null ? null : Integer.valueOf(port));
        if (range.length() > bits || (range.port() != null && (range.port() < 1 || range.port() > HIGHEST_PORT))) {
            throw unfit(text);
        }
        return range;
    }

    private static InetAddress address(String text, String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException notAnAddress) {
            throw unfit(text);
        }
    }

    private static IllegalArgumentException unfit(String text) {
        return new IllegalArgumentException(
                "not a range of addresses: " + text + "; write 10.1.0.0/16, 127.0.0.1/32:8007 or [::1]/128:8007");
    }
}
