package io.quotabank.local.supervisor;

import io.quotabank.local.demo.DemoData;
import io.quotabank.local.part.Databases;
import io.quotabank.local.part.KeycloakServer;
import io.quotabank.local.part.Part;
import io.quotabank.local.part.Parts;
import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells scripts where everything is. Written anew whenever something moved. */
record StackFile(StateDirectory state, Parts parts, Secrets secrets) {

    private static final String UUID = "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";

    void write(Collection<Supervised> supervised, Optional<DemoData> demo) {
        var file = new LinkedHashMap<String, Object>();
        var kinds = supervised.stream().map(one -> one.part().kind()).toList();
        if (kinds.contains("gateway-service")) {
            file.put("gateway", parts.gateway());
        }
        file.put("services", services(supervised));
        if (kinds.contains("keycloak")) {
            file.put("keycloak", keycloak());
        }
        supervised.stream()
                .filter(one -> one.part().kind().equals("kafka"))
                .forEach(kafka -> file.put("kafka", kafka.part().address()));
        if (kinds.contains("postgres")) {
            file.put("postgres", postgres());
        }
        if (kinds.contains("sandbox")) {
            file.put("sandbox", Map.of("url", parts.sandboxUrl(), "control", parts.sandboxControl()));
        }
        if (kinds.contains("sandbox-payments")) {
            var payments = parts.payments();
            file.put("payments", Map.of("url", payments.url(), "control", payments.control()));
        }
        demo.ifPresent(data -> file.put("demo", data.forStack(secrets)));
        StateFiles.writeJson(state.stackFile(), file);
    }

    private static Map<String, List<Map<String, Object>>> services(Collection<Supervised> supervised) {
        var services = new LinkedHashMap<String, List<Map<String, Object>>>();
        for (var one : supervised) {
            services.computeIfAbsent(one.part().kind(), kind -> new ArrayList<>())
                    .add(instance(one));
        }
        return services;
    }

    private static Map<String, Object> instance(Supervised one) {
        Part part = one.part();
        var instance = new LinkedHashMap<String, Object>();
        instance.put("name", part.name());
        instance.put("url", part.address());
        var management = part.management();
        if (management != null) {
            instance.put("management", management);
        }
        one.process().ifPresent(process -> instance.put("pid", process.pid()));
        instance.put("log", one.log().toString());
        var journal = part.journal();
        if (journal != null) {
            newest(journal).ifPresent(path -> instance.put("journal", path.toString()));
        }
        return instance;
    }

    /** A process's journal has the part's name and a UUIDv7 of its own; those before it are on their way out. */
    static Optional<Path> newest(Path journal) {
        var own = Pattern.compile(Pattern.quote(journal.getFileName() + "-") + UUID);
        var root = journal.getParent();
        if (root == null || !Files.isDirectory(root)) {
            return Optional.empty();
        }
        try (var paths = Files.list(root)) {
            return paths.filter(
                            path -> own.matcher(path.getFileName().toString()).matches())
                    .max(Comparator.naturalOrder());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Map<String, Object> keycloak() {
        var server = parts.keycloakServer();
        return Map.of(
                "url",
                server.url(),
                "realm",
                KeycloakServer.REALM,
                "client",
                LocalRealm.CLIENT,
                "admin",
                Map.of("username", KeycloakServer.ADMINISTRATOR, "password", secrets.keycloak()));
    }

    private Map<String, Object> postgres() {
        var databases = new LinkedHashMap<String, Object>();
        for (var name : Databases.NAMES) {
            var reader = Databases.reader(name);
            databases.put(
                    name, Map.of("name", name, "reader", Map.of("user", reader, "password", secrets.database(reader))));
        }
        return Map.of("host", "127.0.0.1", "port", parts.databases().port(), "databases", databases);
    }
}
