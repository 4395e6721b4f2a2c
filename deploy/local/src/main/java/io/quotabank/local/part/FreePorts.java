package io.quotabank.local.part;

import io.quotabank.local.LocalFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;

/** Finds ports that nobody uses. */
public final class FreePorts {

    // Below where Linux takes the ports of outgoing connections from.
    private static final int LOWEST = 18_000;
    private static final int HIGHEST = 32_000;

    public static boolean free(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** The first port of a range that holds a whole suite. */
    public static int range() {
        return IntStream.iterate(LOWEST, from -> from < HIGHEST, from -> from + Ports.RANGE)
                .filter(from -> IntStream.range(from, from + Ports.RANGE).allMatch(FreePorts::free))
                .findFirst()
                .orElseThrow(() -> new LocalFailure("There are no " + Ports.RANGE + " free ports in a row between "
                        + LOWEST + " and " + HIGHEST + "; stop what uses them."));
    }

    private FreePorts() {}
}
