package io.quotabank.local.part;

import io.quotabank.local.part.Part.Limits;
import io.quotabank.local.part.Part.Readiness;
import io.quotabank.local.part.Part.Step;
import io.quotabank.local.part.Part.StopStage;
import io.quotabank.local.process.Launch;
import io.quotabank.local.process.Signal;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All parts of one suite, ready to be started. */
public final class Parts {

    private static final List<String> GROUND = List.of("postgres", "kafka");

    // At the end of a training run the JVM starts another one that assembles the cache.
    private static final Duration WRITING_CACHE = Duration.ofMinutes(3);

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
                        Arrays.stream(ServiceKind.values())
                                .filter(kind -> settings.includes(kind.id()))
                                .flatMap(this::instances))
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

    private Stream<Part> instances(ServiceKind kind) {
        return IntStream.rangeClosed(1, settings.instances(kind.id())).mapToObj(index -> service(kind, index));
    }

    private Part service(ServiceKind kind, int index) {
        var name = Ports.instance(kind.id(), index);
        var port = ports.of(kind.id(), index);
        var management = ports.second(kind.id(), index);
        var file = new ServiceFile(
                state.config().resolve(name + ".properties"),
                new ServiceSettings(state, settings, secrets, ports, new ProviderVariables(System.getenv()))
                        .of(kind, index));
        return new Part(
                name,
                kind.id(),
                kind.stop(),
                before(kind, index),
                file::write,
                new Launch(command(kind, file), environment(kind), state.root()),
                readiness(management),
                Step.NOTHING,
                new Limits(
                        Signal.TERM,
                        Duration.ofMinutes(4),
                        settings.training()
                                ? WRITING_CACHE
                                : Duration.ofSeconds(20).plus(Handover.ANNOUNCE),
                        Handover.DRAIN.plusMinutes(1)),
                List.of(port, management),
                http(port),
                http(management),
                kind == ServiceKind.PROXY ? state.journal().resolve(name) : null,
                kind.heapMb() + 130);
    }

    // Further instances wait for the first: it migrates the database, and a small machine starts half as many at once.
    private List<String> before(ServiceKind kind, int index) {
        var first = index == 1 ? Stream.<String>empty() : Stream.of(Ports.instance(kind.id(), 1));
        // Its key files are made by the sandbox.
        var keys = kind == ServiceKind.LEDGER ? Stream.of(PaymentSandbox.KIND) : Stream.<String>empty();
        var needed = Stream.concat(GROUND.stream(), keys).filter(settings::includes);
        return Stream.concat(needed, first).toList();
    }

    private static Readiness readiness(int management) {
        return new HttpReadiness(http(management) + "/actuator/health/readiness");
    }

    private List<String> command(ServiceKind kind, ServiceFile file) {
        var jar = installed.services().get(kind.module());
        if (jar == null) {
            throw new IllegalStateException(kind.module() + " is not installed");
        }
        var command = new ArrayList<>(List.of(
                installed.javaCommand(),
                "-Xms" + kind.heapMb() + "m",
                "-Xmx" + kind.heapMb() + "m",
                // What is kept is old; a heap is larger for that, and only what is new is touched while nothing
                // happens.
                "-XX:MaxNewSize=" + kind.newMb() + "m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:MaxDirectMemorySize=64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(StartCache.of(jar, kind.id()).options(settings.training()));
        command.addAll(List.of("-jar", jar.toString(), "--spring.config.additional-location=" + file.uri()));
        return command;
    }

    private static Map<String, String> environment(ServiceKind kind) {
        var environment = new HashMap<>(Map.of("MALLOC_ARENA_MAX", "2"));
        if (kind == ServiceKind.POOL) {
            environment.putAll(new ProviderVariables(System.getenv()).all());
        }
        if (kind == ServiceKind.LEDGER) {
            environment.putAll(PaymentSandbox.variables(System.getenv()));
        }
        return environment;
    }

    private static String http(int port) {
        return "http://127.0.0.1:" + port;
    }
}
