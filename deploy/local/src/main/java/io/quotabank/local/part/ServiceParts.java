package io.quotabank.local.part;

import io.quotabank.local.part.Part.Limits;
import io.quotabank.local.part.Part.Readiness;
import io.quotabank.local.part.Part.Step;
import io.quotabank.local.process.Launch;
import io.quotabank.local.process.Signal;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The instances of the suite's services. */
final class ServiceParts {

    private static final List<String> GROUND = List.of("postgres", "kafka");

    // At the end of a training run the JVM starts another one that assembles the cache.
    private static final Duration WRITING_CACHE = Duration.ofMinutes(3);

    private final Installed installed;
    private final StateDirectory state;
    private final Settings settings;
    private final Secrets secrets;
    private final Ports ports;

    ServiceParts(Installed installed, StateDirectory state, Settings settings, Secrets secrets, Ports ports) {
        this.installed = installed;
        this.state = state;
        this.settings = settings;
        this.secrets = secrets;
        this.ports = ports;
    }

    Stream<Part> all() {
        return Arrays.stream(ServiceKind.values())
                .filter(kind -> settings.includes(kind.id()))
                .flatMap(this::instances);
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
                Parts.http(port),
                Parts.http(management),
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
        return new HttpReadiness(Parts.http(management) + "/actuator/health/readiness");
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
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:MaxDirectMemorySize=64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(kind.collector());
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
}
