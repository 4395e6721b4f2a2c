package io.quotabank.local.part;

import io.quotabank.local.part.Part.Limits;
import io.quotabank.local.part.Part.Step;
import io.quotabank.local.part.Part.StopStage;
import io.quotabank.local.process.Launch;
import io.quotabank.local.process.Signal;
import io.quotabank.local.state.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sandbox for payments, and what ledger-service is told of it. Its key files are the suite's own; a provider for
 * which the operator's environment has settings is the real one instead.
 */
public record PaymentSandbox(StateDirectory state, Ports ports) {

    static final String KIND = "sandbox-payments";

    private static final String OURS = "quotabank.payment-provider.";
    private static final String VARIABLES = "QUOTABANK_PAYMENTPROVIDER_";

    public String url() {
        return "http://127.0.0.1:" + ports.of(KIND, 1);
    }

    public String control() {
        return "http://127.0.0.1:" + ports.second(KIND, 1);
    }

    private Path keys() {
        return state.keys().resolve("payments");
    }

    private String gateway() {
        return "http://127.0.0.1:" + ports.of("gateway-service", 1);
    }

    Part part(Installed installed) {
        var launch = new Launch(
                List.of(
                        installed.javaCommand(),
                        "-Xms16m",
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-jar",
                        installed.sandboxPayments().toString(),
                        "--port",
                        Integer.toString(ports.of(KIND, 1)),
                        "--control-port",
                        Integer.toString(ports.second(KIND, 1)),
                        "--keys",
                        keys().toString(),
                        "--stripe-endpoint",
                        gateway() + "/api/payment/callback/stripe"),
                Map.of("MALLOC_ARENA_MAX", "2"),
                state.root());
        return new Part(
                KIND,
                KIND,
                StopStage.SERVICES,
                List.of(),
                Step.NOTHING,
                launch,
                new HttpReadiness(control() + "/control/health"),
                Step.NOTHING,
                new Limits(Signal.TERM, Duration.ofSeconds(30), Duration.ofSeconds(5)),
                List.of(ports.of(KIND, 1), ports.second(KIND, 1)),
                url(),
                null,
                null,
                80);
    }

    /** What the operator's environment says of merchants; only ledger-service gets to see it. */
    static Map<String, String> variables(Map<String, String> environment) {
        var known = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (name.startsWith(VARIABLES) && !value.isBlank()) {
                known.put(name, value);
            }
        });
        return known;
    }

    Map<String, String> ledgerSettings(Map<String, String> environment) {
        var values = new TreeMap<String, String>();
        values.put(OURS + "public-url", gateway());
        values.put(OURS + "return-url", gateway() + "/");
        var real = variables(environment);
        sandbox().forEach((provider, settings) -> {
            var own = VARIABLES + provider.toUpperCase(Locale.ROOT) + "_";
            if (real.keySet().stream().noneMatch(name -> name.startsWith(own))) {
                settings.forEach((key, value) -> values.put(OURS + provider + "." + key, value));
            }
        });
        return values;
    }

    private Map<String, Map<String, String>> sandbox() {
        return Map.of(
                "stripe",
                Map.of(
                        "api-base", url(),
                        "api-key-file", file("stripe-api-key"),
                        "webhook-secret-file", file("stripe-webhook-secret")),
                "wechat",
                Map.of(
                        "api-base",
                        url(),
                        "merchant-id",
                        "1900000001",
                        "app-id",
                        "wx0000000000000001",
                        "merchant-serial",
                        "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
                        "merchant-key-file",
                        file("wechat-merchant.pem"),
                        "public-key-id",
                        "PUB_KEY_ID_0000000000000001",
                        "public-key-file",
                        file("wechat-platform-public.pem"),
                        "api-v3-key-file",
                        file("wechat-api-v3-key")),
                "alipay",
                Map.of(
                        "gateway",
                        url() + "/gateway.do",
                        "app-id",
                        "2021000000000001",
                        "seller-id",
                        "2088000000000001",
                        "app-key-file",
                        file("alipay-app.pem"),
                        "alipay-key-file",
                        file("alipay-platform-public.pem")));
    }

    private String file(String name) {
        return keys().resolve(name).toString();
    }
}
