package io.quotabank.sandbox;

import java.util.List;

/**
 * What the command line says.
 *
 * @param port of the provider; 0: any free one
 * @param controlPort of the control API; 0: any free one
 * @param host name or address that both listen on
 */
record Arguments(int port, int controlPort, String host, boolean help) {

    static final String HELP = """
            A stand-in for an LLM provider that speaks OpenAI's protocol.

            java -jar sandbox-provider.jar [--port N] [--control-port N] [--host ADDRESS]

              --port N          port of the provider (9100; 0: any free one)
              --control-port N  port of the control API (9101; 0: any free one)
              --host ADDRESS    address that both listen on (127.0.0.1)
              --help            this text
            """;

    /** @throws IllegalArgumentException with a sentence for the caller */
    static Arguments parse(List<String> words) {
        var arguments = new Arguments(9100, 9101, "127.0.0.1", false);
        for (var i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("--help") || word.equals("-h")) {
                return new Arguments(0, 0, "", true);
            }
            var equals = word.indexOf('=');
            var name = equals < 0 ? word : word.substring(0, equals);
            if (equals < 0 && i + 1 == words.size()) {
                throw unknownOr(name, name + " needs a value; --help tells more.");
            }
            arguments = arguments.with(name, equals < 0 ? words.get(++i) : word.substring(equals + 1));
        }
        return arguments;
    }

    private Arguments with(String name, String value) {
        return switch (name) {
            case "--port" -> new Arguments(port(name, value), controlPort, host, help);
            case "--control-port" -> new Arguments(port, port(name, value), host, help);
            case "--host" -> new Arguments(port, controlPort, value, help);
            default -> throw unknownOr(name, "");
        };
    }

    private static IllegalArgumentException unknownOr(String name, String sentence) {
        var known = List.of("--port", "--control-port", "--host").contains(name);
        return new IllegalArgumentException(known ? sentence : "There is no argument " + name + "; --help lists them.");
    }

    private static int port(String name, String value) {
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException(name + " needs a port between 0 and 65535, not '" + value + "'.");
        }
        return Integer.parseInt(value);
    }
}
