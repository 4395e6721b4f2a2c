import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An application that charges a person for what it does for them: an action with a price, given back as it failed, and a
 * longer work, whose credits are held first and then taken in parts. One file, for Java 17 or later and nothing else; it
 * knows nothing of Quotabank's code. The calls are described in contracts/openapi/ledger-service.yaml.
 *
 * <p>{@code java Charge.java .quotabank/stack.json}
 */
public final class Charge {

    /** @param person the {@code sub} of the token with which they signed in to the application */
    private record Settings(String api, String tokens, String clientId, String secret, String person) {

        /** Of the demo; an application of your own has them in its settings, and the person from their sign-in. */
        static Settings ofDemo(String stack) {
            return new Settings(
                    text(stack, "\"gateway\"") + "/api/credits",
                    "%s/realms/%s/protocol/openid-connect/token"
                            .formatted(within(stack, "keycloak", "url"), within(stack, "keycloak", "realm")),
                    within(stack, "application", "clientId"),
                    within(stack, "application", "secret"),
                    within(stack, "buyer", "userId"));
        }

        private static String within(String stack, String object, String name) {
            return text(stack, "\"" + object + "\"\\s*:\\s*\\{.*?\"" + name + "\"");
        }
    }

    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Settings settings;
    private final HttpClient http = HttpClient.newHttpClient();
    private String token;

    private Charge(Settings settings) {
        this.settings = settings;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: java Charge.java .quotabank/stack.json");
            System.exit(2);
        }
        var charge = new Charge(Settings.ofDemo(Files.readString(Path.of(arguments[0]))));
        charge.anAction();
        charge.aLongerWork();
    }

    /** The price is the action's. What your application did once is charged once: under its own number. */
    private void anAction() throws IOException, InterruptedException {
        var order = "script-" + UUID.randomUUID();
        var body = """
                {"user_id": "%s", "action": "script", "description": "a script about rain", "order_id": "%s"}
                """.formatted(settings.person(), order);
        var consumed = post("/consume", order, body);
        System.out.println("consumed " + text(consumed, "\"consumed\""));
        // A repetition is answered as the first time, and takes nothing: send again whenever you do not know.
        System.out.println("again    " + text(post("/consume", order, body), "\"consumed\"") + ", once");

        var refund = "/consumptions/" + text(consumed, "\"id\"") + "/refund";
        var refunded = post(refund, "refund-" + order, "{\"reason\": \"the script was empty\"}");
        System.out.println("refunded " + text(refunded, "\"refunded\""));
    }

    /** Nobody else can spend what is held. It comes back by itself when its time is over. */
    private void aLongerWork() throws IOException, InterruptedException {
        var film = "film-" + UUID.randomUUID();
        var held = post("/holds", film, """
                {"user_id": "%s", "amount": 100, "description": "a film about rain", "expires_in": 600}
                """.formatted(settings.person()));
        var hold = "/holds/" + text(held, "\"hold\"\\s*:\\s*\\{.*?\"id\"");
        System.out.println("held     " + text(held, "\"amount\""));
        for (var scene : new String[] {"scene 1", "scene 2"}) {
            var settled = post(hold + "/settle", film + " " + scene, """
                    {"amount": 20.25, "settlement_id": "%s"}
                    """.formatted(scene));
            System.out.println("settled  20.25 for " + scene + ", left " + text(settled, "\"left\""));
        }
        var released = post(hold + "/release", film + " released", "{}");
        System.out.println("released " + text(released, "\"released\""));
    }

    /**
     * Tries again what may have been lost, and what is refused for the moment: the key makes it count once. Anything else
     * is for people to look at.
     */
    private String post(String path, String key, String body) throws IOException, InterruptedException {
        for (int left = TRIES - 1; ; left--) {
            try {
                var answer = http.send(request(path, key, body), BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return answer.body();
                }
                if (answer.statusCode() == 401) {
                    token = null;
                }
                if (left == 0 || !mayPass(answer)) {
                    throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
                }
            } catch (IOException lost) {
                if (left == 0) {
                    throw lost;
                }
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** A token that has run out, a first try that is still at work, and whatever is away. */
    private static boolean mayPass(HttpResponse<String> answer) {
        return switch (answer.statusCode()) {
            case 401, 429, 502, 503, 504 -> true;
            case 409 -> answer.body().contains("\"request_in_flight\"");
            default -> false;
        };
    }

    private HttpRequest request(String path, String key, String body) throws IOException, InterruptedException {
        if (token == null) {
            token = clientCredentials();
        }
        return HttpRequest.newBuilder(URI.create(settings.api() + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .header("Accept-Language", "en")
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private String clientCredentials() throws IOException, InterruptedException {
        var form = Map.of(
                        "grant_type", "client_credentials",
                        "client_id", settings.clientId(),
                        "client_secret", settings.secret())
                .entrySet()
                .stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        var request = HttpRequest.newBuilder(URI.create(settings.tokens()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("no token: " + answer.statusCode() + " " + answer.body());
        }
        return text(answer.body(), "\"access_token\"");
    }

    /** The first value after a name, a string's or a number's. An application of your own has a library for JSON. */
    private static String text(String json, String name) {
        var value = Pattern.compile(name + "\\s*:\\s*\"?([^\",}\\s]+)", Pattern.DOTALL).matcher(json);
        if (!value.find()) {
            throw new IllegalStateException("no " + name + " in " + json);
        }
        return value.group(1);
    }
}
