package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Books;
import io.quotabank.systemtests.stack.Http;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person does with {@code ./quotabank} on a suite that is up. */
class LauncherIT {

    private static final List<String> SERVICES =
            List.of("gateway-service", "proxy-service", "usage-log", "pool-service", "ledger-service", "risk-service");
    private static final List<String> GROUND = List.of("postgres", "kafka", "keycloak", "sandbox");

    @TempDir
    private Path directory;

    @Test
    void upAgainSaysSoAndChangesNothing() throws IOException {
        var file = Files.readString(STACK.directory().resolve("stack.json"));

        var again = Cli.end("up");

        assertThat(again.code()).as(again.output()).isZero();
        assertThat(again.output())
                .contains("up already")
                .containsPattern("(?m)^application +application / \\S+, .*\\./quotabank token application");
        assertThat(Files.readString(STACK.directory().resolve("stack.json"))).isEqualTo(file);
        assertThat(pids())
                .allSatisfy((name, pid) ->
                        assertThat(ProcessHandle.of(pid)).as(name).isPresent());
    }

    @Test
    void theCurlLineStreamsAnAnswerWhenPasted() throws Exception {
        var line =
                Cli.run("up").lines().filter(text -> text.startsWith("curl ")).toList();
        assertThat(line).hasSize(1);

        var pasted = new ProcessBuilder("sh", "-c", line.getFirst())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var answer = new String(pasted.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(pasted.waitFor()).isZero();
        assertThat(answer.lines().filter(text -> text.startsWith("data: {\"")))
                .as(answer)
                .hasSizeGreaterThan(10);
        assertThat(answer.strip()).endsWith("data: [DONE]");
    }

    @Test
    void theStatusNamesEveryPart() {
        var status = Cli.run("status");

        assertThat(status.lines().findFirst().orElse(""))
                .contains("PART", "STATE", "PID", "PORT", "MEMORY", "UPTIME", "HEALTH");
        assertThat(pids().keySet()).containsAll(SERVICES).containsAll(GROUND);
        pids().forEach((name, pid) -> assertThat(status)
                .containsPattern(
                        "(?m)^" + name + " +ready +" + pid + " +[1-9]\\d* +[1-9]\\d* MB +\\d+[mh]\\d\\d[sm] +ok$"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"buyer", "seller", "admin"})
    void theTokenOfAPersonIsGoodAtTheApi(String name) {
        var token = Cli.run("token", name).strip();
        var balance =
                STACK.gateway() + "/api/credits/balance/" + STACK.person(name).userId();

        assertThat(Http.get(balance, token).status()).isEqualTo(200);
        var foreign = STACK.gateway() + "/api/credits/balance/"
                + STACK.person(name.equals("buyer") ? "seller" : "buyer").userId();
        assertThat(Http.get(foreign, token).status()).isEqualTo(name.equals("admin") ? 200 : 404);
    }

    @Test
    void thereIsNoTokenForAStranger() {
        var refused = Cli.end("token", "stranger");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.output()).contains("buyer, seller, admin and application");
    }

    @Test
    void printsTheLogOfAPart() {
        assertThat(Cli.run("logs", "proxy-service").lines()).isNotEmpty();
        assertThat(Cli.end("logs", "no-such-part").code()).isEqualTo(1);
    }

    @Test
    void aPartThatIsRestartedComesBackAsAnotherProcessAndItsLogIsFollowed() throws Exception {
        var before = STACK.instance("usage-log", 0);
        var read = directory.resolve("followed");
        var follower = Cli.start(ProcessBuilder.Redirect.to(read.toFile()), "logs", "usage-log", "-f");
        try {
            await().until(() -> Files.size(read) > 0);
            long shown = Files.size(read);

            Cli.run("restart", "usage-log");

            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        assertThat(STACK.instance("usage-log", 0).pid())
                                .isPositive()
                                .isNotEqualTo(before.pid());
                        assertThat(Cli.end("status").code()).isZero();
                    });
            assertThat(ProcessHandle.of(before.pid()).filter(ProcessHandle::isAlive))
                    .isEmpty();
            await().until(() -> Files.size(read) > shown);
            assertThat(follower.isAlive()).isTrue();
            assertThat(Http.get(STACK.gateway() + "/api/usage", PEOPLE.token("buyer"))
                            .status())
                    .isEqualTo(200);
        } finally {
            follower.destroy();
            follower.waitFor();
        }
    }

    @Test
    void tellsScriptsWhereEverythingIsAndNobodyElse() throws IOException {
        var file = STACK.directory().resolve("stack.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        var stack = STACK.read();
        for (var service : SERVICES) {
            assertThat(STACK.instances(service)).as(service).isNotEmpty().allSatisfy(one -> {
                assertThat(one.url()).startsWith("http://127.0.0.1:");
                assertThat(Http.get(one.management() + "/actuator/health/readiness", null)
                                .status())
                        .isEqualTo(200);
                assertThat(ProcessHandle.of(one.pid())).isPresent();
                assertThat(one.log()).isNotEmptyFile();
            });
        }
        assertThat(STACK.instances("proxy-service"))
                .allSatisfy(one -> assertThat(one.journal()).isNotNull().isDirectory());
        for (var member : List.of(
                "/gateway",
                "/keycloak/url",
                "/keycloak/realm",
                "/kafka",
                "/postgres/host",
                "/sandbox/url",
                "/sandbox/control",
                "/payments/url",
                "/payments/control",
                "/demo/application/subject",
                "/demo/application/clientId",
                "/demo/application/secret",
                "/demo/model")) {
            assertThat(stack.at(member).asString("")).as(member).isNotBlank();
        }
        assertThat(stack.at("/postgres/port").asInt()).isPositive();
        for (var database : List.of("ledger", "pool", "proxy", "risk")) {
            assertThat(new Books(STACK, database).number("SELECT count(*) FROM flyway_schema_history"))
                    .isPositive();
        }
        for (var person : List.of("buyer", "seller", "admin")) {
            for (var member : List.of("userId", "username", "password", "accessKey")) {
                assertThat(stack.path("demo").path(person).path(member).asString(""))
                        .isNotBlank();
            }
        }
    }

    private static Map<String, Long> pids() {
        var pids = new TreeMap<String, Long>();
        for (var service : STACK.read().path("services").properties()) {
            STACK.instances(service.getKey()).forEach(one -> pids.put(one.name(), one.pid()));
        }
        return pids;
    }
}
