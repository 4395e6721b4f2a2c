package io.quotabank.systemtests.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The suite under test, read from the {@code stack.json} that the system property {@code quotabank.stack} names. The
 * supervisor rewrites the file when a part is restarted, so processes are read anew by each call.
 */
public final class Stack {

    /**
     * One running process of a service.
     *
     * @param name of the part, as commands take it
     * @param pid 0 while there is no process
     */
    public record Instance(
            String name,
            String url,
            String management,
            long pid,
            Path log,
            @Nullable Path journal) {}

    /** One of the accounts that the local stack comes with. */
    public record Person(UUID userId, String username, String password, String accessKey) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;

    /** @param file a suite's {@code stack.json} */
    public Stack(Path file) {
        this.file = file;
    }

    public static Stack running() {
        var file = System.getProperty("quotabank.stack");
        if (file == null) {
            throw new IllegalStateException("name a running suite's stack.json with -Dquotabank.stack; "
                    + "./quotabank test starts one and does so");
        }
        return new Stack(Path.of(file));
    }

    public String gateway() {
        return read().path("gateway").asString();
    }

    /** What runs, by kind: our services and what they stand on. */
    public Collection<String> services() {
        return read().path("services").propertyNames();
    }

    public List<Instance> instances(String service) {
        return StreamSupport.stream(read().path("services").path(service).spliterator(), false)
                .map(Stack::instance)
                .toList();
    }

    public Instance instance(String service, int index) {
        return instances(service).get(index);
    }

    public Person person(String name) {
        var node = read().path("demo").path(name);
        return new Person(
                UUID.fromString(node.path("userId").asString()),
                node.path("username").asString(),
                node.path("password").asString(),
                node.path("accessKey").asString());
    }

    public String model() {
        return read().path("demo").path("model").asString();
    }

    public String keycloakRealm() {
        var keycloak = read().path("keycloak");
        return keycloak.path("url").asString() + "/realms/"
                + keycloak.path("realm").asString();
    }

    public String kafka() {
        var kafka = read().path("kafka");
        return kafka.isString()
                ? kafka.asString()
                : kafka.path("bootstrapServers").asString();
    }

    public String sandbox() {
        return read().path("sandbox").path("url").asString();
    }

    public String sandboxControl() {
        return read().path("sandbox").path("control").asString();
    }

    /** JDBC URL, user and password of a database's read-only role. */
    public Map<String, String> reader(String database) {
        var postgres = read().path("postgres");
        var node = postgres.path("databases").path(database);
        var url = "jdbc:postgresql://%s:%d/%s"
                .formatted(
                        postgres.path("host").asString(),
                        postgres.path("port").asInt(),
                        node.path("name").asString());
        return Map.of(
                "url", url,
                "user", node.path("reader").path("user").asString(),
                "password", node.path("reader").path("password").asString());
    }

    /** The directory with the suite's state. */
    public Path directory() {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    public JsonNode read() {
        return JSON.readTree(read(file));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Instance instance(JsonNode node) {
        var journal = node.path("journal");
        return new Instance(
                node.path("name").asString(),
                node.path("url").asString(),
                node.path("management").asString(""),
                node.path("pid").asLong(0),
                Path.of(node.path("log").asString()),
                journal.isString() ? Path.of(journal.asString()) : null);
    }
}
