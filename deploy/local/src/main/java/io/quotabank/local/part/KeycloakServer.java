package io.quotabank.local.part;

import io.quotabank.local.process.Launch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The realm server, run without its shell script so that its pid is its own. */
public record KeycloakServer(Path java, Path home, int port, int managementPort) {

    public static final String REALM = "quotabank";
    public static final String ADMINISTRATOR = "admin";

    // What bin/kc.sh passes, with a smaller heap and collector.
    private static final List<String> JVM = List.of(
            "-Xms64m",
            "-Xmx224m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dfile.encoding=UTF-8",
            "-Duser.language=en",
            "-Duser.country=US",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.security=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                    + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-Dpicocli.disable.closures=true",
            "-Dquarkus-log-max-startup-records=10000");

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public String realmUrl() {
        return url() + "/realms/" + REALM;
    }

    public String readinessUrl() {
        return "http://127.0.0.1:" + managementPort + "/health/ready";
    }

    /** @param environment what differs between a run and the making of the template */
    public Launch launch(Databases databases, String password, Map<String, String> environment, String... arguments) {
        var all = new LinkedHashMap<>(Map.of(
                "KC_DB_URL", databases.url("keycloak"),
                "KC_DB_USERNAME", Databases.owner("keycloak"),
                "KC_DB_PASSWORD", password,
                "KC_DB_POOL_INITIAL_SIZE", "1",
                "KC_DB_POOL_MIN_SIZE", "1",
                "KC_DB_POOL_MAX_SIZE", "8",
                "KC_CACHE", "local",
                "KC_HOSTNAME", url(),
                "KC_LOG_LEVEL", "info,io.smallrye.health:error",
                "MALLOC_ARENA_MAX", "2"));
        all.putAll(Map.of(
                "KC_HTTP_ENABLED", "true",
                "KC_HTTP_HOST", "127.0.0.1",
                "KC_HTTP_PORT", Integer.toString(port),
                "KC_HTTP_MANAGEMENT_HOST", "127.0.0.1",
                "KC_HTTP_MANAGEMENT_PORT", Integer.toString(managementPort)));
        all.putAll(environment);
        return new Launch(command(arguments), all, home);
    }

    private List<String> command(String... arguments) {
        var command = new ArrayList<String>();
        command.add(java.resolve("bin").resolve("java").toString());
        command.addAll(JVM);
        command.add("-Dkc.home.dir=" + home);
        command.add("-Djboss.server.config.dir=" + home.resolve("conf"));
        command.addAll(
                List.of("-cp", home.resolve("lib").resolve("quarkus-run.jar").toString()));
        command.addAll(List.of("io.quarkus.bootstrap.runner.QuarkusEntryPoint", "start", "--optimized"));
        command.addAll(List.of(arguments));
        return command;
    }
}
