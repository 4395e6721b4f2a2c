package io.quotabank.local.state;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The passwords of one state directory, random, each made once.
 *
 * @param postgres of the database superuser
 * @param keycloak of the realm server's administrator
 * @param databases by role name
 * @param people by user name; the demo's application among them
 */
public record Secrets(String postgres, String keycloak, Map<String, String> databases, Map<String, String> people) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    // 24 letters out of 56: 139 bits.
    private static final int LENGTH = 24;

    public static Secrets of(StateDirectory state, Stream<String> databaseRoles, Stream<String> people) {
        var file = state.root().resolve("secrets.json");
        var kept = StateFiles.readJson(file, Secrets.class);
        var databases = kept.map(Secrets::databases).orElse(Map.of());
        var known = kept.map(Secrets::people).orElse(Map.of());
        var all = new Secrets(
                kept.map(Secrets::postgres).orElseGet(Secrets::random),
                kept.map(Secrets::keycloak).orElseGet(Secrets::random),
                each(databases, databaseRoles),
                each(known, people));
        if (!kept.equals(Optional.of(all))) {
            StateFiles.writeJson(file, all);
        }
        return all;
    }

    public static String random() {
        return RANDOM.ints(LENGTH, 0, LETTERS.length())
                .mapToObj(index -> LETTERS.substring(index, index + 1))
                .collect(Collectors.joining());
    }

    public String database(String role) {
        return known(databases, role);
    }

    public String person(String name) {
        return known(people, name);
    }

    private static String known(Map<String, String> secrets, String name) {
        var secret = secrets.get(name);
        if (secret == null) {
            throw new IllegalArgumentException("no secret for " + name);
        }
        return secret;
    }

    // An older build of this state may not have known all of the names.
    private static Map<String, String> each(Map<String, String> kept, Stream<String> names) {
        var all = new TreeMap<>(kept);
        names.forEach(name -> all.computeIfAbsent(name, missing -> random()));
        return all;
    }

    /** Never the values: this may end in a log. */
    @Override
    public String toString() {
        return "Secrets[" + databases.keySet() + ", " + people.keySet() + "]";
    }
}
