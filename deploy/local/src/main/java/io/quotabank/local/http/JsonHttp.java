package io.quotabank.local.http;

import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** JSON calls to a part on this machine. Nothing is retried here. */
public final class JsonHttp {

    /** @param body the answer's JSON, missing where it has none */
    public record Answer(
            int status, JsonNode body, @Nullable String location) {
        public boolean ok() {
            return status / 100 == 2;
        }

        /** The answer, or a fault that says what was asked and what came. */
        public Answer expect(String what) {
            if (!ok()) {
                throw new IllegalStateException(what + " was answered with " + status + " " + body);
            }
            return this;
        }
    }

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final long LARGEST_ANSWER = 4 << 20;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    public static Answer get(String url, @Nullable String bearer) {
        return send(request(url, bearer).GET());
    }

    public static Answer send(String method, String url, @Nullable String bearer, Object body) {
        return send(request(url, bearer)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(StateFiles.JSON.writeValueAsBytes(body))));
    }

    public static Answer form(String url, Map<String, String> fields) {
        var body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(url, null)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(String url, @Nullable String bearer) {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER).header("Accept", "application/json");
        return bearer == null ? request : request.header("Authorization", "Bearer " + bearer);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            var response =
                    CLIENT.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
            return new Answer(
                    response.statusCode(),
                    json(response.body()),
                    response.headers().firstValue("Location").orElse(null));
        } catch (IOException e) {
            return new Answer(0, MissingNode.getInstance(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, MissingNode.getInstance(), null);
        }
    }

    private static JsonNode json(byte[] body) {
        if (body.length == 0) {
            return MissingNode.getInstance();
        }
        try {
            return StateFiles.JSON.readTree(body);
        } catch (JacksonException notJson) {
            return MissingNode.getInstance();
        }
    }

    private JsonHttp() {}
}
