package io.quotabank.sandboxpay;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the program is told.
 *
 * @param port of the providers; 0 is any free one
 * @param keys the directory of key files; those that are missing are made
 * @param stripeEndpoint where Stripe's events go; null until the control API names it
 */
public record Arguments(
        String host,
        int port,
        int controlPort,
        Path keys,
        @Nullable URI stripeEndpoint) {

    static final String HELP = """
            Sandbox payments: WeChat Pay, Alipay and Stripe on one port, and a control API on another.
              --host ADDRESS       127.0.0.1
              --port N             9200
              --control-port N     9201
              --keys DIRECTORY     keys
              --stripe-endpoint U  none: where Stripe's events go
            """;

    private static final int LARGEST_PORT = 65_535;

    static Arguments parse(List<String> words) {
        var host = "127.0.0.1";
        int port = 9200;
        int controlPort = 9201;
        var keys = Path.of("keys");
        URI stripeEndpoint = null;
        for (int i = 0; i < words.size(); i += 2) {
            var name = words.get(i);
            if (i + 1 == words.size()) {
                throw new IllegalArgumentException(name + " needs a value.");
            }
            var value = words.get(i + 1);
            switch (name) {
                case "--host" -> host = value;
                case "--port" -> port = port(name, value);
                case "--control-port" -> controlPort = port(name, value);
                case "--keys" -> keys = Path.of(value);
                case "--stripe-endpoint" -> stripeEndpoint = URI.create(value);
                default -> throw new IllegalArgumentException("No such argument: " + name + ". --help tells them.");
            }
        }
        return new Arguments(host, port, controlPort, keys, stripeEndpoint);
    }

    private static int port(String name, String value) {
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= LARGEST_PORT) {
                return port;
            }
        } catch (NumberFormatException malformed) {
            // Told below.
        }
        throw new IllegalArgumentException(name + " needs a port, not '" + value + "'.");
    }
}
