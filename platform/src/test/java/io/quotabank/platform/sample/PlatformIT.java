package io.quotabank.platform.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.platform.testkit.RealParts;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ContextConfiguration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.application.name=ledger-service",
            "spring.flyway.locations=classpath:sample/migration",
            "quotabank.web.bare-servlets=bare"
        })
@ContextConfiguration(initializers = RealParts.class)
class PlatformIT {

    private static final UUID ANN = UUID.fromString("00000000-0000-4000-8000-0000000000a1");
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    int port;

    @Test
    void namesThePersonBehindAToken() throws Exception {
        var answer = send(get("/api/who").header("Authorization", "Bearer " + TestIdentity.user(ANN, "user")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).get("subject").asString()).isEqualTo(ANN.toString());
    }

    @Test
    void answersAProblemWithoutAToken() throws Exception {
        var answer = send(get("/api/who").header("x-request-id", "caller-given-id"));
        assertProblem(answer, 401, "unauthenticated");
        assertThat(answer.headers().firstValue("x-request-id")).hasValue("caller-given-id");
        assertThat(JSON.readTree(answer.body()).get("requestId").asString()).isEqualTo("caller-given-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rubbish", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZXJ2aWNlOngifQ."})
    void answersAProblemToARubbishToken(String token) throws Exception {
        assertProblem(send(get("/api/who").header("Authorization", "Bearer " + token)), 401, "unauthenticated");
    }

    @Test
    void keepsPeopleOutOfInternalPathsWhateverTheirRoles() throws Exception {
        var person = TestIdentity.user(ANN, "user", "admin", "service");
        assertProblem(send(get("/internal/who").header("Authorization", "Bearer " + person)), 403, "forbidden");
        var service = TestIdentity.service("proxy-service");
        assertThat(send(get("/internal/who")
                                .header("x-request-id", "some-request")
                                .header("Authorization", "Bearer " + service))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void callsPeersInItsOwnNameAndUnderTheSameRequestId() throws Exception {
        var answer = send(authorized("/api/peer").header("x-request-id", "one-id-on-all-hops"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).get("subject").asString()).isEqualTo("service:ledger-service");
        assertThat(JSON.readTree(answer.body()).get("requestId").asString()).isEqualTo("one-id-on-all-hops");
    }

    @Test
    void replacesARequestIdThatIsNotSane() throws Exception {
        var answer = send(get("/api/who").header("x-request-id", "a b<script>"));
        var id = UUID.fromString(answer.headers().firstValue("x-request-id").orElseThrow());
        assertThat(id.version()).isEqualTo(7);
    }

    @Test
    void answersAProblemToAnUnknownPathMethodAndContentType() throws Exception {
        assertProblem(send(authorized("/api/nowhere")), 404, "not_found");
        assertProblem(send(authorized("/api/who").DELETE()), 405, "method_not_allowed");
        assertProblem(
                send(authorized("/api/things")
                        .header("Content-Type", "text/xml")
                        .POST(BodyPublishers.ofString("<a/>"))),
                415,
                "unsupported_media_type");
        assertProblem(send(authorized("/api/who").header("Accept", "image/png")), 406, "not_acceptable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "7",
                "{\"name\":7,\"count\":1,\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":\"1\",\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":1.5,\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":9223372036854775808,\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":1,\"size\":2147483648,\"on\":true}",
                "{\"name\":\"a\",\"count\":1e400,\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":-1,\"size\":1,\"on\":true}",
                "{\"name\":\"a\\u0000b\",\"count\":1,\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":1,\"size\":1,\"on\":\"yes\"}",
                "{\"name\":\"a\",\"name\":\"b\",\"count\":1,\"size\":1,\"on\":true}",
                "{\"name\":\"a\",\"count\":1,\"size\":1,\"on\":true} x"
            })
    void refusesMalformedJson(String body) throws Exception {
        assertProblem(send(thing(body.getBytes(StandardCharsets.UTF_8))), 400, "malformed_request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":7} | name 应为字符串 | name is a string",
                "{\"name\":\"a\",\"count\":\"1\"} | count 应为整数，至多 9223372036854775807 |"
                        + " count is a whole number of at most 9223372036854775807",
                "{\"count\":9223372036854775808} | count 应为整数，至多 9223372036854775807 |"
                        + " count is a whole number of at most 9223372036854775807",
                "{\"size\":null} | size 应为整数，至多 2147483647 | size is a whole number of at most 2147483647",
                "{\"on\":\"yes\"} | on 应为 true 或 false | on is true or false",
                "[] | 请求体应为对象 | the body is an object",
                "'' | 缺少请求体 | a body is needed",
            })
    void saysWhichMemberIsWrongAndWhatIsAllowed(String body, String chinese, String english) throws Exception {
        var sent = body.getBytes(StandardCharsets.UTF_8);
        assertThat(detail(thing(sent))).isEqualTo(chinese);
        assertThat(detail(thing(sent).header("Accept-Language", "en-GB,en;q=0.9")))
                .isEqualTo(english);
    }

    @Test
    void saysWhereABodyIsNoJson() throws Exception {
        for (var body : List.of("{\n \"name\":}", "{\"name\":\"a\",\"name\":\"b\"}")) {
            assertThat(detail(thing(body.getBytes(StandardCharsets.UTF_8)).header("Accept-Language", "en")))
                    .matches("the body is no JSON that can be read, at line [12], column \\d+: its syntax, .*");
        }
    }

    @Test
    void saysWhatAPathAndAQueryTake() throws Exception {
        assertThat(detail(authorized("/api/things/x"))).isEqualTo("id 应为 UUID");
        var amount = authorized("/api/things/00000000-0000-0000-0000-000000000000?amount=abc");
        assertThat(detail(amount.header("Accept-Language", "en"))).isEqualTo("amount is a number");
    }

    @Test
    void namesAProblemInTheCallersLanguage() throws Exception {
        assertThat(title(authorized("/api/nowhere"))).isEqualTo("未找到");
        assertThat(title(authorized("/api/nowhere").header("Accept-Language", "en")))
                .isEqualTo("Not found");
        assertThat(title(request("/api/who"))).isEqualTo("需要有效的令牌");
        assertThat(title(request("/api/who").header("Accept-Language", "en-US")))
                .isEqualTo("A valid token is required");
        // Services read English.
        assertThat(title(authorized("/internal/nowhere"))).isEqualTo("Not allowed");
    }

    private String title(HttpRequest.Builder request) throws Exception {
        return JSON.readTree(send(request).body()).path("title").asString("");
    }

    private String detail(HttpRequest.Builder request) throws Exception {
        var answer = send(request);
        assertProblem(answer, 400, "malformed_request");
        return JSON.readTree(answer.body()).path("detail").asString("");
    }

    @Test
    void refusesBrokenUtf8() throws Exception {
        var body = "{\"name\":\"a?b\",\"count\":1,\"size\":1,\"on\":true}".getBytes(StandardCharsets.UTF_8);
        body[10] = (byte) 0xC3;
        body[11] = (byte) 0x28;
        assertProblem(send(thing(body)), 400, "malformed_request");
    }

    @Test
    void refusesJsonThatIsTooDeepAndNumbersThatAreTooLong() throws Exception {
        assertProblem(send(thing("[".repeat(10_000).getBytes(StandardCharsets.UTF_8))), 400, "malformed_request");
        var digits = "{\"name\":\"a\",\"count\":" + "1".repeat(5_000) + "}";
        assertProblem(send(thing(digits.getBytes(StandardCharsets.UTF_8))), 400, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/things/x", "/api/things/00000000-0000-0000-0000-000000000000?amount=abc"})
    void refusesPathsAndQueriesOfWrongTypes(String path) throws Exception {
        assertProblem(send(authorized(path)), 400, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/things/%00", "/api/who?x=%ff%fe", "/api/who?x=%zz", "/api/%2e%2e/internal/who", "/api//who"
            })
    void answersNoFaultToAHostilePath(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TestIdentity.user(ANN)
                        + "\r\nConnection: close\r\n\r\n"))
                .matches(answer -> answer.startsWith("HTTP/1.1 4") || answer.startsWith("HTTP/1.1 200"), "4xx or 200");
    }

    @Test
    void refusesABodyThatIsTooLargeWhetherAnnouncedOrNot() throws Exception {
        var body = new byte[1_100_000];
        Arrays.fill(body, (byte) ' ');
        assertProblem(send(thing(body)), 413, "request_too_large");
        var unannounced = authorized("/api/things")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
        assertProblem(send(unannounced), 413, "request_too_large");
    }

    @Test
    void leavesBareServletsAlone() throws Exception {
        var answer = send(request("/bare/x").POST(BodyPublishers.ofByteArray(new byte[1_100_000])));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("1100000");
        assertThat(answer.headers().firstValue("x-request-id")).isEmpty();
    }

    @Test
    void answersAFaultOfABareServletInOpenAisFormWithoutItsText() throws Exception {
        var answer = send(get("/bare/x"));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(JSON.readTree(answer.body()).at("/error/code").asString()).isEqualTo("internal_error");
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    void answersWhatTheFirewallRefusesWithAProblem() throws Exception {
        var answer = send(authorized("/api/things;x=1/y").header("x-request-id", "given-and-kept"));
        assertProblem(answer, 400, "malformed_request");
        assertThat(answer.headers().allValues("x-request-id")).containsExactly("given-and-kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bare/..;/api/who", "/bare/../api/who", "/bare/%2e%2e/api/who", "/bare;x=/../api/who"})
    void letsNothingSlipPastByThePathOfABareServlet(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .doesNotContain("subject");
    }

    @Test
    void tellsRefusalsFromFaultsAndFromWhatPasses() throws Exception {
        var refused = send(authorized("/api/fails/refused"));
        assertProblem(refused, 400, "malformed_request");
        assertThat(JSON.readTree(refused.body()).get("detail").asString()).isEqualTo("refused by a type of ours");
        var fault = send(authorized("/api/fails/fault"));
        assertProblem(fault, 500, "internal_error");
        assertThat(fault.body()).doesNotContain("secret");
        var passing = send(authorized("/api/fails/timeout"));
        assertProblem(passing, 503, "service_unavailable");
        assertThat(passing.headers().firstValue("Retry-After")).hasValue("1");
    }

    @Test
    void answersHeaderBombsWithAClientError() throws Exception {
        assertThat(raw("GET /api/who HTTP/1.1\r\nHost: x\r\nX-Bomb: " + "a".repeat(40_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(raw("GET /api/who HTTP/1.1\r\nHost: x\r\n" + "x: y\r\n".repeat(1_000) + "\r\n"))
                .startsWith("HTTP/1.1 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-a: b\u0001c", "x-a: b\u007fc", "x-\u0001a: b", "x-\u007fa: b", "x-a: b\u0000c"})
    void answersControlCharactersInHeadersWithAClientError(String header) throws Exception {
        var request = "GET /api/who HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TestIdentity.user(ANN)
                + "\r\nConnection: close\r\n";
        assertThat(raw(request + "\r\n")).startsWith("HTTP/1.1 200");
        assertThat(raw(request + header + "\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    private void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.get("code").asString()).isEqualTo(code);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("type").asString()).isEqualTo("https://quotabank.io/problems/" + code);
        assertThat(problem.get("requestId").asString())
                .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
    }

    private HttpRequest.Builder thing(byte[] body) {
        return authorized("/api/things")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
    }

    private HttpRequest.Builder authorized(String path) {
        return request(path).header("Authorization", "Bearer " + TestIdentity.user(ANN));
    }

    private HttpRequest.Builder get(String path) {
        return request(path).GET();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketException reset) {
                // What came before the reset is the answer.
            }
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
