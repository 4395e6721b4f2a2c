package io.quotabank.local.part;

import com.sun.security.auth.module.UnixSystem;
import io.quotabank.local.LocalFailure;
import io.quotabank.local.process.Launch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The database server's own commands. Nothing here knows of services. */
public record PostgresServer(Path home, Path data) {

    public static final String SUPERUSER = "postgres";
    public static final int MAJOR = 18;

    /** Makes an empty cluster. The password is for the superuser; every connection has to give one. */
    public void initialise(String password) throws IOException, InterruptedException {
        var file = Files.createTempFile(
                "quotabank", ".pw", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(file, password);
            run(List.of(
                    binary("initdb"),
                    "--pgdata=" + data,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + file,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--no-locale",
                    "--data-checksums"));
        } finally {
            Files.delete(file);
        }
    }

    public boolean initialised() {
        return Files.exists(data.resolve("PG_VERSION"));
    }

    /** @param options server settings that differ from the defaults here */
    public Launch launch(int port, Map<String, String> options) {
        var command = new ArrayList<>(asOrdinaryUser());
        command.addAll(List.of(binary("postgres"), "-D", data.toString(), "-p", Integer.toString(port)));
        var settings = new TreeMap<>(Map.of(
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "max_connections", "150",
                "shared_buffers", "256MB",
                "max_wal_size", "4GB",
                "jit", "off",
                "log_min_messages", "warning"));
        settings.putAll(options);
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return new Launch(command, Map.of("LC_ALL", "C"), data);
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        var whole = new ArrayList<>(asOrdinaryUser());
        whole.addAll(command);
        var process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new LocalFailure(
                    "PostgreSQL could not make its data directory " + data + "; check that it is writable and empty.",
                    output.lines().toList());
        }
    }

    private String binary(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    // PostgreSQL refuses root. In a user namespace of its own root is nobody, and still owns its files outside.
    private static List<String> asOrdinaryUser() {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        try {
            var probe = new ProcessBuilder("unshare", "-U", "id", "-u").start();
            var uid = new String(probe.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (probe.waitFor() == 0 && !uid.equals("0")) {
                return List.of("unshare", "-U");
            }
        } catch (IOException missing) {
            // Said below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new LocalFailure("PostgreSQL does not run as root and this machine has no user namespaces to hide it in;"
                + " run ./quotabank as an ordinary user.");
    }
}
