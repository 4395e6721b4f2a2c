package io.quotabank.systemtests.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Calls the gateway as raw HTTP and tells exactly how each call ended, which SDKs hide. */
public final class Caller {

    /** How a call ended for the client. */
    public enum End {
        /** A whole answer: all of a body, or a stream up to its end mark. */
        WHOLE,
        /** An error answer before anything else. */
        REFUSED,
        /** An error told inside the stream. */
        ERROR_EVENT,
        /** The connection broke before, or without, an end. */
        BROKEN
    }

    /**
     * @param clientRequestId what this caller named its request, which the provider gets to see as well
     * @param usageTokens output tokens by the answer's own usage report, -1 where it had none
     * @param cause what broke the connection, for whoever reads a failed test; null where nothing did
     */
    public record Result(
            End end,
            int status,
            String clientRequestId,
            @Nullable UUID requestId,
            long usageTokens,
            int contentChunks,
            @Nullable String cause) {}

    private static final int TRIES = 3;

    private final Supplier<String> gateways;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    public Caller(Stack stack) {
        this(stack::gateway);
    }

    /** @param gateways asked for each call, and again where no connection could be made */
    public Caller(Supplier<String> gateways) {
        this.gateways = gateways;
    }

    public Result chat(String accessKey, String model, String text, int outputTokens) {
        var body = Map.of(
                "model", model,
                "max_tokens", outputTokens,
                "messages", List.of(Map.of("role", "user", "content", text)));
        var id = UUID.randomUUID().toString();
        try {
            var sent = Http.JSON.writeValueAsString(body);
            var response = send(accessKey, id, sent, HttpResponse.BodyHandlers.ofString());
            Http.show(response, sent, response.body());
            if (response.statusCode() != 200) {
                return new Result(End.REFUSED, response.statusCode(), id, requestId(response), -1, 0, null);
            }
            var usage = Http.JSON.readTree(response.body()).path("usage").path("completion_tokens");
            return new Result(End.WHOLE, 200, id, requestId(response), usage.asLong(-1), 1, null);
        } catch (IOException broken) {
            return new Result(End.BROKEN, 0, id, null, -1, 0, broken.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** @param leaveAfter hang up after so many content chunks; a negative number stays to the end */
    public Result stream(String accessKey, String model, String text, int outputTokens, int leaveAfter) {
        var body = Map.of(
                "model",
                model,
                "stream",
                true,
                "stream_options",
                Map.of("include_usage", true),
                "max_tokens",
                outputTokens,
                "messages",
                List.of(Map.of("role", "user", "content", text)));
        var id = UUID.randomUUID().toString();
        try {
            var sent = Http.JSON.writeValueAsString(body);
            var response = send(accessKey, id, sent, HttpResponse.BodyHandlers.ofInputStream());
            try (var lines = new Lines(response.body())) {
                var result = response.statusCode() == 200
                        ? follow(lines, id, requestId(response), leaveAfter)
                        : refused(lines, id, response);
                Http.show(response, sent, lines.read.toString());
                return result;
            }
        } catch (IOException broken) {
            return new Result(End.BROKEN, 0, id, null, -1, 0, broken.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Lines of an answer, and what of it was read. */
    private static final class Lines extends BufferedReader {
        private final StringBuilder read = new StringBuilder();

        Lines(InputStream body) {
            super(new InputStreamReader(body, StandardCharsets.UTF_8));
        }

        @Override
        public @Nullable String readLine() throws IOException {
            var line = super.readLine();
            if (line != null) {
                read.append(line).append('\n');
            }
            return line;
        }
    }

    private static Result refused(Lines lines, String id, HttpResponse<?> response) throws IOException {
        while (lines.readLine() != null) {
            // An error's whole body is shown to the witness.
        }
        return new Result(End.REFUSED, response.statusCode(), id, requestId(response), -1, 0, null);
    }

    private static Result follow(BufferedReader lines, String id, @Nullable UUID requestId, int leaveAfter) {
        long usage = -1;
        int chunks = 0;
        try {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("data: [DONE]")) {
                    return new Result(End.WHOLE, 200, id, requestId, usage, chunks, null);
                }
                if (!line.startsWith("data: ")) {
                    continue;
                }
                var event = Http.JSON.readTree(line.substring("data: ".length()));
                if (event.has("error")) {
                    return new Result(End.ERROR_EVENT, 200, id, requestId, usage, chunks, null);
                }
                usage = event.path("usage").path("completion_tokens").asLong(usage);
                chunks += hasContent(event) ? 1 : 0;
                if (chunks == leaveAfter) {
                    return new Result(End.BROKEN, 200, id, requestId, usage, chunks, null);
                }
            }
        } catch (IOException cut) {
            return new Result(End.BROKEN, 200, id, requestId, usage, chunks, cut.toString());
        }
        return new Result(End.BROKEN, 200, id, requestId, usage, chunks, null);
    }

    private static boolean hasContent(JsonNode event) {
        var content = event.path("choices").path(0).path("delta").path("content");
        return content.isString() && !content.asString().isEmpty();
    }

    // What could not connect has sent nothing. Anything else is told, never repeated.
    private <T> HttpResponse<T> send(String accessKey, String id, String body, HttpResponse.BodyHandler<T> reading)
            throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return client.send(request(gateways.get(), accessKey, id, body), reading);
            } catch (ConnectException unreachable) {
                if (tries == TRIES) {
                    throw unreachable;
                }
            }
        }
    }

    private static HttpRequest request(String gateway, String accessKey, String id, String body) {
        return Http.request(gateway + "/v1/chat/completions", accessKey)
                .header("X-Request-Id", id)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static @Nullable UUID requestId(HttpResponse<?> response) {
        return response.headers()
                .firstValue("x-request-id")
                .map(UUID::fromString)
                .orElse(null);
    }
}
