package io.quotabank.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.local.part.FreePorts;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateVersions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and its supervisor, with a real PostgreSQL and a real Kafka as their children. */
class LocalStackIT {

    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private StackUnderTest stack;

    @BeforeEach
    void layOut() {
        stack = new StackUnderTest(directory.resolve("state"), FreePorts.range());
    }

    @AfterEach
    void leaveNothing() {
        stack.run("down");
        assertThat(stack.processes()).isEmpty();
    }

    @Test
    void startsStopsAndStartsAgainOnTheSameState() throws IOException, SQLException {
        assertThat(stack.up())
                .satisfies(up -> assertThat(up.code()).as(up.output()).isZero());
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(stack.state().stackFile())))
                .isEqualTo("rw-------");
        var password = readerPassword();
        assertThat(readerName(password)).isEqualTo("ledger_reader");
        var pid = stack.pid("postgres");

        var again = stack.up();
        assertThat(again.code()).isZero();
        assertThat(again.output()).contains("up already");
        assertThat(stack.pid("postgres")).isEqualTo(pid);

        assertThat(stack.run("down").code()).isZero();
        assertThat(stack.processes()).isEmpty();
        assertThat(stack.state().stackFile()).doesNotExist();
        assertThat(stack.run("status").output()).contains("down");

        assertThat(stack.up().code()).isZero();
        assertThat(readerName(password)).isEqualTo("ledger_reader");
    }

    @Test
    void startsAPartAgainThatDied() {
        assertThat(stack.up().code()).isZero();
        var kafka = stack.pid("kafka");
        var postgres = stack.pid("postgres");

        assertThat(stack.run("kill", "kafka").code()).isZero();
        StackUnderTest.kill(ProcessHandle.of(postgres).orElseThrow());

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(stack.ready("kafka")).isTrue();
            assertThat(stack.ready("postgres")).isTrue();
        });
        assertThat(stack.pid("kafka")).isNotEqualTo(kafka);
        assertThat(stack.pid("postgres")).isNotEqualTo(postgres);
        assertThat(ProcessHandle.of(stack.pid("kafka"))).isPresent();
    }

    @Test
    void sweepsWhatADeadSupervisorLeft() {
        assertThat(stack.up().code()).isZero();
        StackUnderTest.kill(stack.supervisor());
        var orphan = stack.pid("kafka");
        assertThat(ProcessHandle.of(orphan)).isPresent();

        assertThat(stack.up())
                .satisfies(up -> assertThat(up.code()).as(up.output()).isZero());
        assertThat(ProcessHandle.of(orphan)).isEmpty();

        StackUnderTest.kill(stack.supervisor());
        assertThat(stack.processes()).isNotEmpty();
        assertThat(stack.run("down").code()).isZero();
        assertThat(stack.processes()).isEmpty();
    }

    @Test
    void stopsWhatAFrozenSupervisorHolds() throws IOException, InterruptedException {
        assertThat(stack.up().code()).isZero();
        var supervisor = stack.supervisor();
        new ProcessBuilder("kill", "-STOP", Long.toString(supervisor.pid()))
                .start()
                .waitFor();

        assertThat(stack.run("status").output()).contains("does not answer").contains("kafka");
        assertThat(stack.run("down").code()).isZero();
        assertThat(stack.processes()).isEmpty();
        assertThat(supervisor.isAlive()).isFalse();
    }

    @Test
    void saysWhichPortIsInUseAndLeavesNothing() throws IOException {
        try (var taken = new ServerSocket(stack.portsFrom() + 5, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var up = stack.up();

            assertThat(up.code()).isEqualTo(1);
            assertThat(up.output())
                    .contains("Port " + taken.getLocalPort() + ", which kafka needs, is in use")
                    .contains("--ports-from");
            assertThat(stack.processes()).isEmpty();
        }
    }

    @Test
    void showsTheLogOfAPartThatDiesWhileStartingAndLeavesNothing() throws IOException {
        assertThat(stack.up().code()).isZero();
        stack.run("down");
        Files.writeString(stack.state().data().resolve("postgres/PG_VERSION"), "7\n");

        var up = stack.up();

        assertThat(up.code()).isEqualTo(1);
        assertThat(up.output())
                .contains("database files are incompatible with server")
                .contains("postgres stopped while starting");
        assertThat(stack.processes()).isEmpty();
    }

    @Test
    void anInterruptDuringTheStartLeavesNothing() throws IOException, InterruptedException {
        var up = stack.start("up", "--only", "postgres,kafka", "--ports-from", Integer.toString(stack.portsFrom()));
        try (var output = up.inputReader()) {
            await().atMost(SOON).until(() -> output.readLine().contains("starting"));
            new ProcessBuilder("kill", "-INT", Long.toString(up.pid())).start().waitFor();

            assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(up.exitValue()).isEqualTo(130);
        assertThat(stack.processes()).isEmpty();
    }

    @Test
    void refusesStateOfANewerBuild() {
        var state = new StateDirectory(directory.resolve("state")).create();
        new StateVersions(StateVersions.FORMAT + 1, 18, 0, Map.of()).claim(state);

        var up = stack.up();

        assertThat(up.code()).isEqualTo(1);
        assertThat(up.output()).contains("state format 2").contains("use the build that wrote it");
        assertThat(stack.processes()).isEmpty();
    }

    private String readerPassword() {
        return stack.stack()
                .path("postgres")
                .path("databases")
                .path("ledger")
                .path("reader")
                .path("password")
                .asString();
    }

    private String readerName(String password) throws SQLException {
        var port = stack.stack().path("postgres").path("port").asInt();
        var url = "jdbc:postgresql://127.0.0.1:" + port + "/ledger";
        try (var connection = DriverManager.getConnection(url, "ledger_reader", password);
                var rows = connection.createStatement().executeQuery("SELECT current_user")) {
            rows.next();
            return rows.getString(1);
        }
    }
}
