package io.quotabank.local.demo;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.demo.DemoData.Deposit;
import io.quotabank.local.http.JsonHttp;
import io.quotabank.local.part.Parts;
import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.StateDirectory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the demo as a newcomer would, through the gateway: a seller deposits two keys of the sandbox provider, a buyer
 * gets credits and an access key. What is there already stays as it is.
 */
public final class Demo {

    public static final String MODEL = "gpt-4o-mini";

    private static final int KEYS = 2;
    private static final int RECHARGE_CREDITS = 1_000;
    private static final int RECHARGE_YUAN = 71;

    // Slow enough to watch a stream, fast enough not to wait for it.
    private static final int TOKENS_PER_SECOND = 60;

    private final StateDirectory state;
    private final Secrets secrets;
    private volatile Optional<String> control = Optional.empty();

    public Demo(StateDirectory state, Secrets secrets) {
        this.state = state;
        this.secrets = secrets;
    }

    /** Tells the sandbox of its keys again: it remembers nothing over a restart. */
    public void registerSandboxKeys() {
        control.ifPresent(url -> DemoData.kept(state)
                .ifPresent(demo -> demo.deposits().forEach(deposit -> register(url, deposit.apiKey()))));
    }

    /** @param people user ids by name, and the application's subject */
    public void prepare(Parts parts, Map<String, String> people, Consumer<String> progress) {
        control = Optional.of(parts.sandboxControl());
        registerSandboxKeys();
        var data = DemoData.kept(state)
                .map(kept -> new DemoData(MODEL, people, kept.deposits(), kept.accessKeys(), kept.recharged()))
                .orElseGet(() -> new DemoData(MODEL, people, List.of(), Map.of(), false));
        var access = new DemoAccess(parts.gateway(), parts.keycloakServer().url(), secrets);
        var baseUrl = parts.sandboxUrl() + "/v1";
        if (!complete(data, baseUrl)) {
            progress.accept("Making demo data through the API");
            data = people(data, access);
            data = deposits(data, access, parts, baseUrl);
        }
        data.keep(state);
        preferRealProvider(data, access);
    }

    private static boolean complete(DemoData data, String baseUrl) {
        return data.recharged()
                && data.accessKeys().keySet().containsAll(LocalRealm.PEOPLE)
                && data.deposits().size() == KEYS
                && data.deposits().stream()
                        .allMatch(deposit -> deposit.baseUrl().equals(baseUrl));
    }

    private DemoData people(DemoData data, DemoAccess access) {
        var keys = new HashMap<>(data.accessKeys());
        for (var name : LocalRealm.PEOPLE) {
            // The first look at the balance opens the account, with its sign-up credits.
            access.get(name, "/api/credits/balance/" + data.people().get(name));
            keys.computeIfAbsent(
                    name,
                    missing -> access.send(name, "/api/access-keys", Map.of("name", "demo"))
                            .path("secret")
                            .asString());
        }
        if (!data.recharged()) {
            recharge(data, access);
        }
        var made = new DemoData(MODEL, data.people(), data.deposits(), keys, true);
        made.keep(state);
        return made;
    }

    private static void recharge(DemoData data, DemoAccess access) {
        var buyer = data.people().getOrDefault("buyer", "");
        access.send(
                "admin",
                "/api/credits/recharge",
                Map.of(
                        "user_id", buyer,
                        "amount", RECHARGE_YUAN,
                        "credits", RECHARGE_CREDITS,
                        "payment_method", "alipay",
                        "order_id", "demo-" + buyer));
    }

    private DemoData deposits(DemoData data, DemoAccess access, Parts parts, String baseUrl) {
        var usable = new ArrayList<>(data.deposits().stream()
                .filter(deposit -> deposit.baseUrl().equals(baseUrl))
                .toList());
        // Those that point at where the sandbox was before would only fail.
        data.deposits().stream()
                .filter(deposit -> !deposit.baseUrl().equals(baseUrl))
                .forEach(moved -> access.change(moved.keyId(), "withdraw"));
        while (usable.size() < KEYS) {
            var apiKey = "sk-sandbox-" + Secrets.random();
            register(parts.sandboxControl(), apiKey);
            usable.add(new Deposit(apiKey, baseUrl, access.deposit(apiKey, MODEL, baseUrl)));
        }
        var made = new DemoData(MODEL, data.people(), usable, data.accessKeys(), true);
        made.keep(state);
        return made;
    }

    private static void register(String control, String apiKey) {
        var answer = JsonHttp.send(
                "PUT",
                control + "/control/keys/" + apiKey,
                null,
                Map.of("models", List.of(MODEL), "tokensPerSecond", TOKENS_PER_SECOND));
        if (!answer.ok()) {
            throw new LocalFailure("The sandbox provider did not take a demo key (" + answer.status()
                    + "); see ./quotabank logs sandbox.");
        }
    }

    // With a real provider's key about, the demo's curl line is to reach that provider.
    private static void preferRealProvider(DemoData data, DemoAccess access) {
        var real = System.getenv("OPENAI_API_KEY");
        var verb = real == null || real.isBlank() ? "resume" : "pause";
        data.deposits().forEach(deposit -> access.change(deposit.keyId(), verb));
    }
}
