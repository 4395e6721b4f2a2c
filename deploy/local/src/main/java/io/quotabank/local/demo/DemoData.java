package io.quotabank.local.demo;

import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the demo has made so far, kept so that it is made once.
 *
 * @param people user ids by name, and the application's subject
 * @param deposits of sandbox keys, by the seller
 * @param accessKeys by the name of their person
 * @param recharged whether the buyer got the demo's credits
 */
public record DemoData(
        String model,
        Map<String, String> people,
        List<Deposit> deposits,
        Map<String, String> accessKeys,
        boolean recharged) {

    /** One sandbox key, and the id that pool-service gave it. */
    public record Deposit(String apiKey, String baseUrl, String keyId) {}

    public DemoData {
        people = Map.copyOf(people);
        deposits = List.copyOf(deposits);
        accessKeys = Map.copyOf(accessKeys);
    }

    public static Optional<DemoData> kept(StateDirectory state) {
        return StateFiles.readJson(state.demoFile(), DemoData.class);
    }

    void keep(StateDirectory state) {
        StateFiles.writeJson(state.demoFile(), this);
    }

    public Map<String, Object> forStack(Secrets secrets) {
        var demo = new LinkedHashMap<String, Object>();
        demo.put("model", model);
        for (var name : LocalRealm.PEOPLE) {
            var person = new LinkedHashMap<String, Object>();
            person.put("userId", people.getOrDefault(name, ""));
            person.put("username", name);
            person.put("password", secrets.person(name));
            person.put("accessKey", accessKeys.getOrDefault(name, ""));
            demo.put(name, person);
        }
        var application = new LinkedHashMap<String, Object>();
        application.put("subject", people.getOrDefault(LocalRealm.APPLICATION, ""));
        application.put("clientId", LocalRealm.APPLICATION);
        application.put("secret", secrets.person(LocalRealm.APPLICATION));
        demo.put(LocalRealm.APPLICATION, application);
        return demo;
    }
}
