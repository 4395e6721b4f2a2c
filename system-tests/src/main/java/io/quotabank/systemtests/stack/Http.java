package io.quotabank.systemtests.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plain HTTP with JSON, for calls that no SDK makes. */
public final class Http {

    public static final JsonMapper JSON = JsonMapper.builder().build();

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private static volatile Witness witness = exchange -> {};

    /** An answer, its body as text. */
    public record Answer(int status, HttpResponse<String> raw) {
        public JsonNode json() {
            return JSON.readTree(raw.body());
        }

        public String body() {
            return raw.body();
        }

        public @Nullable String header(String name) {
            return raw.headers().firstValue(name).orElse(null);
        }
    }

    public static Answer get(String url, @Nullable String bearer) {
        return send(request(url, bearer).GET().build());
    }

    public static Answer delete(String url, @Nullable String bearer) {
        return send(request(url, bearer).DELETE().build());
    }

    /** @param headers names and values in turn */
    public static Answer post(String url, @Nullable String bearer, Object body, String... headers) {
        var json = body instanceof String text ? text : JSON.writeValueAsString(body);
        var request = request(url, bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request.build(), json);
    }

    public static Answer put(String url, @Nullable String bearer, Object body) {
        var json = JSON.writeValueAsString(body);
        return send(
                request(url, bearer)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                json);
    }

    public static HttpRequest.Builder request(String url, @Nullable String bearer) {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
        return bearer == null ? request : request.header("Authorization", "Bearer " + bearer);
    }

    /** From now on, each call of this class and of {@link Caller} is shown to it. */
    public static void showTo(Witness other) {
        witness = other;
    }

    public static Answer send(HttpRequest request) {
        return send(request, null);
    }

    static void show(HttpResponse<?> response, @Nullable String request, String answer) {
        witness.saw(new Witness.Exchange(
                response.request().method(),
                response.request().uri(),
                request,
                response.statusCode(),
                response.headers().firstValue("content-type").orElse(""),
                answer));
    }

    /** @param body what the request sends, for the witness; null where it sends nothing */
    public static Answer send(HttpRequest request, @Nullable String body) {
        try {
            var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            show(response, body, response.body());
            return new Answer(response.statusCode(), response);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private Http() {}
}
