package io.quotabank.local.part;

import io.quotabank.local.part.Part.Limits;
import io.quotabank.local.part.Part.Step;
import io.quotabank.local.part.Part.StopStage;
import io.quotabank.local.process.Launch;
import io.quotabank.local.process.Signal;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All parts of one suite, ready to be started. */
public final class Parts {

    private final Installed installed;
    private final StateDirectory state;
    private final Settings settings;
    private final Secrets secrets;
    private final Ports ports;
    private final Databases databases;
    private final PostgresPart postgres;
    private final Map<String, Step> whenReady;

    /** @param whenReady what else is done each time a part has become ready, by kind */
    public Parts(
            Installed installed,
            StateDirectory state,
            Settings settings,
            Secrets secrets,
            Map<String, Step> whenReady) {
        this.installed = installed;
        this.state = state;
        this.settings = settings;
        this.secrets = secrets;
        this.whenReady = Map.copyOf(whenReady);
        this.ports = new Ports(settings);
        this.databases = new Databases(ports.of("postgres", 1));
        this.postgres = new PostgresPart(
                installed,
                new PostgresServer(installed.postgres(), state.data().resolve("postgres")),
                databases,
                secrets,
                settings.includes("keycloak"));
    }

    /** Names of services that sign for themselves. */
    public static List<String> identities() {
        return Arrays.stream(ServiceKind.values()).map(ServiceKind::id).toList();
    }

    public static boolean known(String kind) {
        return Ports.known(kind);
    }

    public static boolean scales(String kind) {
        return ServiceKind.of(kind).isPresent();
    }

    /** The start caches of the services that are installed. */
    public static List<StartCache> startCaches(Installed installed) {
        return Arrays.stream(ServiceKind.values())
                .flatMap(kind -> Stream.ofNullable(installed.services().get(kind.module()))
                        .map(jar -> StartCache.of(jar, kind.id())))
                .toList();
    }

    public List<Part> all() {
        return Stream.concat(
                        Stream.of(
                                postgres(),
                                kafka(),
                                keycloak(),
                                sandbox(),
                                payments().part(installed)),
                        new ServiceParts(installed, state, settings, secrets, ports).all())
                .filter(part -> settings.includes(part.kind()))
                .toList();
    }

    public KeycloakServer keycloakServer() {
        return new KeycloakServer(
                installed.java(), installed.keycloak(), ports.of("keycloak", 1), ports.second("keycloak", 1));
    }

    public Databases databases() {
        return databases;
    }

    public String gateway() {
        return http(ports.of("gateway-service", 1));
    }

    public String sandboxUrl() {
        return http(ports.of("sandbox", 1));
    }

    public String sandboxControl() {
        return http(ports.second("sandbox", 1));
    }

    public PaymentSandbox payments() {
        return new PaymentSandbox(state, ports);
    }

    private Part postgres() {
        var port = ports.of("postgres", 1);
        return new Part(
                "postgres",
                "postgres",
                StopStage.DATABASE,
                List.of(),
                postgres::prepare,
                postgres.launch(),
                databases::accepts,
                postgres::provision,
                new Limits(Signal.INT, Duration.ofMinutes(1), Duration.ofSeconds(20)),
                List.of(port),
                "127.0.0.1:" + port,
                null,
                null,
                250);
    }

    private Part kafka() {
        var broker = new KafkaBroker(
                installed,
                state.data().resolve("kafka"),
                state.config().resolve("kafka.properties"),
                ports.of("kafka", 1),
                ports.second("kafka", 1));
        return new Part(
                "kafka",
                "kafka",
                StopStage.BROKER,
                List.of(),
                () -> {
                    Files.createDirectories(broker.data());
                    broker.prepare();
                },
                broker.launch(),
                broker::answers,
                Step.NOTHING,
                new Limits(Signal.TERM, Duration.ofMinutes(1), Duration.ofSeconds(20)),
                List.of(broker.port(), broker.controllerPort()),
                broker.address(),
                null,
                null,
                300);
    }

    private Part keycloak() {
        var server = keycloakServer();
        return new Part(
                "keycloak",
                "keycloak",
                StopStage.SERVICES,
                List.of("postgres"),
                Step.NOTHING,
                server.launch(databases, secrets.database(Databases.owner("keycloak")), Map.of()),
                new HttpReadiness(server.readinessUrl()),
                Step.NOTHING,
                new Limits(Signal.TERM, Duration.ofMinutes(4), Duration.ofSeconds(15)),
                List.of(server.port(), server.managementPort()),
                server.url(),
                null,
                null,
                380);
    }

    private Part sandbox() {
        var launch = new Launch(
                List.of(
                        installed.javaCommand(),
                        "-Xms32m",
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-jar",
                        installed.sandbox().toString(),
                        "--port",
                        Integer.toString(ports.of("sandbox", 1)),
                        "--control-port",
                        Integer.toString(ports.second("sandbox", 1))),
                Map.of("MALLOC_ARENA_MAX", "2"),
                state.root());
        return new Part(
                "sandbox",
                "sandbox",
                StopStage.SERVICES,
                List.of(),
                Step.NOTHING,
                launch,
                new HttpReadiness(sandboxControl() + "/control/health"),
                whenReady.getOrDefault("sandbox", Step.NOTHING),
                new Limits(Signal.TERM, Duration.ofSeconds(30), Duration.ofSeconds(5)),
                List.of(ports.of("sandbox", 1), ports.second("sandbox", 1)),
                sandboxUrl(),
                null,
                null,
                120);
    }

    static String http(int port) {
        return "http://127.0.0.1:" + port;
    }
}
