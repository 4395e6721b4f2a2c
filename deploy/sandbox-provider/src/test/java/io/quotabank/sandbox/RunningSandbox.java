package io.quotabank.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One sandbox for all tests of this build, called over real sockets. Each test makes keys of its own. */
final class RunningSandbox {

    static final JsonMapper JSON = new JsonMapper();
    static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    static final Encoding CL100K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);
    static final String MODEL = "gpt-4.1-mini";
    /** Members of a body that asks for 8 tokens as a stream. */
    static final String STREAM = "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":8";

    private static final String CHAT = "/v1/chat/completions";

    private static final Sandbox SANDBOX = start();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final AtomicInteger KEYS = new AtomicInteger();

    private RunningSandbox() {}

    private static Sandbox start() {
        try {
            return Sandbox.start(new Arguments(0, 0, "127.0.0.1", false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String key() {
        return key("");
    }

    /** A new key with more settings, written as `"name":value,...`. */
    static String key(String settings) {
        var key = "sk-test-" + KEYS.incrementAndGet();
        var body =
                "{\"models\":[\"" + MODEL + "\",\"maker/model-2\"]" + (settings.isEmpty() ? "" : ",") + settings + "}";
        assertThat(control("PUT", "/keys/" + key, body).statusCode()).isEqualTo(200);
        return key;
    }

    /** A body with one short message and more members, written likewise. */
    static String body(String members) {
        return "{\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]"
                + (members.isEmpty() ? "" : ",") + members + "}";
    }

    static HttpResponse<String> completion(String key, String members) {
        return post(key, "/v1/completions", "{\"model\":\"" + MODEL + "\"," + members + "}");
    }

    static HttpResponse<String> embedding(String key, String members) {
        return post(key, "/v1/embeddings", "{\"model\":\"" + MODEL + "\"," + members + "}");
    }

    private static HttpResponse<String> post(String key, String path, String body) {
        return send(post(key, path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> chat(String key, String body) {
        return chat(key, body, BodyHandlers.ofString());
    }

    static HttpResponse<String> chat(String key, byte[] body) {
        return send(post(key, CHAT).POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString());
    }

    static <T> HttpResponse<T> chat(String key, String body, HttpResponse.BodyHandler<T> handler) {
        return send(post(key, CHAT).POST(BodyPublishers.ofString(body)).build(), handler);
    }

    private static HttpRequest.Builder post(String key, String path) {
        return HttpRequest.newBuilder(at(path))
                .header("authorization", "Bearer " + key)
                .header("x-client-request-id", "from-" + key);
    }

    static HttpResponse<String> call(String method, String path, String... headers) {
        var request = HttpRequest.newBuilder(at(path)).method(method, BodyPublishers.noBody());
        return send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> get(String key, String path) {
        return call("GET", path, "authorization", "Bearer " + key);
    }

    static HttpResponse<String> getAt(String host, String key, String path) {
        var address = URI.create("http://" + host + ":" + SANDBOX.port() + path);
        var request = HttpRequest.newBuilder(address).header("authorization", "Bearer " + key);
        return send(request.build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> control(String method, String path, String body) {
        var address = URI.create("http://127.0.0.1:" + SANDBOX.controlPort() + "/control" + path);
        return send(
                HttpRequest.newBuilder(address)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static URI at(String path) {
        return URI.create("http://127.0.0.1:" + SANDBOX.port() + path);
    }

    private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Plants a fault for every call of a key; more members, like times, come with it. */
    static void fault(String key, String fault, String members) {
        var plan = "{\"match\":{\"apiKey\":\"" + key + "\"},\"fault\":" + fault + members + "}";
        assertThat(control("POST", "/faults", plan).statusCode()).isEqualTo(201);
    }

    /** The only request that a key was served. */
    static JsonNode onlyServed(String key) {
        var requests = served(key).get("requests");
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    static JsonNode served(String key) {
        return json(control("GET", "/served?apiKey=" + key, "").body());
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** What follows `data: ` in each event but the last, which must be [DONE]. */
    static List<JsonNode> events(String stream) {
        var data = data(stream.lines());
        assertThat(data.getLast()).isEqualTo("[DONE]");
        return data.subList(0, data.size() - 1).stream()
                .map(RunningSandbox::json)
                .toList();
    }

    static List<String> data(Stream<String> lines) {
        return lines.filter(line -> !line.isEmpty())
                .peek(line -> assertThat(line).startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    /** The text of a stream's events, put together. */
    static String content(List<JsonNode> events) {
        var text = new StringBuilder();
        events.forEach(event -> text.append(event.at("/choices/0/delta/content").asString("")));
        return text.toString();
    }

    static Socket socket() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), SANDBOX.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** A request as it goes over the wire. */
    static byte[] wire(String key, String version, String body) {
        var head = "POST /v1/chat/completions HTTP/" + version + "\r\nhost: sandbox\r\nauthorization: Bearer " + key
                + "\r\ncontent-length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    static int port() {
        return SANDBOX.port();
    }
}
