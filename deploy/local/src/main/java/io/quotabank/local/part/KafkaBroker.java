package io.quotabank.local.part;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.process.Launch;
import io.quotabank.local.state.StateFiles;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.metadata.storage.Formatter;

/** One broker that is its own controller (KRaft), run from the launcher's class path. */
record KafkaBroker(Installed installed, Path data, Path configuration, int port, int controllerPort) {

    private static final int NODE = 1;
    private static final String CONTROLLER = "CONTROLLER";
    private static final int TIMEOUT_MS = 2_000;

    // The cleaner's default buffer alone is 128 MB of heap; compacted topics here hold thousands of records, not
    // millions.
    private static final String SMALL = """
            log.cleaner.dedupe.buffer.size=8388608
            log.cleaner.threads=1
            num.network.threads=2
            num.io.threads=4
            num.replica.fetchers=1
            background.threads=2
            offsets.topic.num.partitions=8
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=2
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            share.coordinator.state.topic.num.partitions=2
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            log.segment.bytes=134217728
            log.retention.hours=168
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            """;

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Writes the configuration, and formats the log directory the first time. */
    void prepare() throws IOException {
        StateFiles.write(configuration, properties().getBytes(StandardCharsets.UTF_8));
        if (!Files.exists(data.resolve("meta.properties"))) {
            format();
        }
    }

    Launch launch() {
        return new Launch(
                java(
                        "-Xms96m",
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:MaxDirectMemorySize=64m",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "kafka.Kafka",
                        configuration.toString()),
                Map.of("MALLOC_ARENA_MAX", "2"),
                data);
    }

    /** Whether the broker answers a request of its protocol: its port listens well before it does. */
    boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            var out = new DataOutputStream(socket.getOutputStream());
            // ApiVersions, version 0: length, api key 18, version, correlation id, no client id.
            out.writeInt(10);
            out.writeShort(18);
            out.writeShort(0);
            out.writeInt(1);
            out.writeShort(-1);
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            return in.readInt() >= 6 && in.readInt() == 1 && in.readShort() == 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    // What kafka-storage.sh does, without a JVM of its own for it.
    private void format() {
        var id = Base64.getUrlEncoder().withoutPadding().encodeToString(new SecureRandom().generateSeed(16));
        try {
            new Formatter()
                    .setClusterId(id)
                    .setNodeId(NODE)
                    .setControllerListenerName(CONTROLLER)
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (Exception refused) {
            throw new LocalFailure(
                    "Kafka could not format " + data + "; check that it is writable and empty.",
                    List.of(refused.toString()));
        }
    }

    private List<String> java(String... rest) {
        var command = new ArrayList<>(List.of(installed.javaCommand(), "-cp", installed.classPathText()));
        command.addAll(List.of(rest));
        return command;
    }

    private String properties() {
        return """
                process.roles=broker,controller
                node.id=%4$d
                controller.quorum.voters=%4$d@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,%5$s://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=%5$s
                inter.broker.listener.name=PLAINTEXT
                log.dirs=%3$s
                """.formatted(port, controllerPort, data, NODE, CONTROLLER) + SMALL;
    }
}
