package io.quotabank.systemtests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.systemtests.stack.Witness.Exchange;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files notice what they should, and are in order themselves. */
class ContractsTests {

    private static final String KEY = "01234567-89ab-4def-8123-456789abcdef";
    private static final String ACCESS_KEY =
            "{\"id\": \"%s\", \"name\": \"ci\", \"prefix\": \"qb\", \"lastFour\": \"abcd\","
                    + " \"models\": [], \"createdAt\": \"2026-01-01T00:00:00Z\"%s}";
    private static final String ERROR = "{\"error\": {\"message\": \"m\", \"type\": \"t\", \"code\": \"c\"}}";
    private static final String CHUNK =
            "{\"object\": \"chat.completion.chunk\", \"choices\": [{\"index\": 0, \"delta\": {}}]}";

    private final Contracts contracts =
            Contracts.of(Path.of(System.getProperty("quotabank.root", ".."), "contracts", "openapi"));

    @Test
    void fitWhatIsWritten() {
        assertThat(page(ACCESS_KEY.formatted(KEY, ""))).isEmpty();
        assertThat(faults("GET", "/v1/models", 200, "{\"object\": \"list\", \"data\": []}"))
                .isEmpty();
        assertThat(faults("POST", "/api/v1/proxy/a/b/chat/completions", 200, "{\"choices\": [], \"own\": 1}"))
                .isEmpty();
        assertThat(faults("DELETE", "/api/access-keys/" + KEY, 204, "")).isEmpty();
    }

    @Test
    void noticeAFieldThatIsNotWritten() {
        assertThat(page(ACCESS_KEY.formatted(KEY, ", \"surprise\": 1")))
                .singleElement()
                .asString()
                .contains("surprise");
    }

    @Test
    void noticeAFieldThatIsMissing() {
        assertThat(page(ACCESS_KEY.formatted(KEY, "").replace("\"name\": \"ci\",", "")))
                .singleElement()
                .asString()
                .contains("name");
    }

    @Test
    void noticeAValueOfAnotherTypeOrFormat() {
        assertThat(page(ACCESS_KEY.formatted(KEY, "").replace("\"ci\"", "7"))).isNotEmpty();
        assertThat(page(ACCESS_KEY.formatted("not-an-id", ""))).isNotEmpty();
    }

    @Test
    void noticeAStatusThatIsNotWritten() {
        assertThat(faults("GET", "/v1/models", 418, "{}"))
                .singleElement()
                .asString()
                .contains("status 418");
        assertThat(faults("GET", "/v1/models", 201, "{\"object\": \"list\", \"data\": []}"))
                .isNotEmpty();
    }

    @Test
    void noticeAContentTypeThatIsNotWritten() {
        assertThat(contracts.faults(exchange("GET", "/v1/models", null, 200, "text/html", "<p>")))
                .singleElement()
                .asString()
                .contains("text/html");
        assertThat(contracts.faults(exchange("DELETE", "/api/access-keys/" + KEY, null, 204, "", "bye")))
                .singleElement()
                .asString()
                .contains("a body is not written");
    }

    @Test
    void noticeAnAddressThatIsNotWritten() {
        assertThat(faults("GET", "/api/secret", 200, "{}")).isNotEmpty();
        assertThat(faults("PUT", "/v1/models", 200, "{}")).isNotEmpty();
        // What the gateway never routes must not answer.
        assertThat(faults("POST", "/internal/leases", 200, "{}")).isNotEmpty();
    }

    @Test
    void noticeAnErrorInTheOtherForm() {
        var openAi = ERROR;
        var problem = "{\"type\": \"https://a/b\", \"title\": \"t\", \"status\": 401, \"code\": \"unauthenticated\"}";

        assertThat(faults("GET", "/v1/models", 401, openAi)).isEmpty();
        assertThat(contracts.faults(problem("/api/usage", problem))).isEmpty();
        assertThat(contracts.faults(problem("/v1/models", problem))).isNotEmpty();
        assertThat(faults("GET", "/api/usage", 401, openAi)).isNotEmpty();
        assertThat(faults("POST", "/v2/chat/completions", 404, openAi)).isEmpty();
        assertThat(faults("POST", "/api/nowhere", 404, openAi)).isNotEmpty();
    }

    @Test
    void knowCompletionsAndEmbeddingsFromChats() {
        var text = "{\"choices\": [{\"index\": 0, \"text\": \"a\"}]}";
        var vectors = "{\"data\": [{\"index\": 0, \"embedding\": [0.5]}], \"usage\": {\"prompt_tokens\": 1}}";
        var wrapped = "{\"code\": 200, \"message\": \"success\", \"data\": %s}";
        var chat = "{\"choices\": [{\"index\": 0, \"message\": {}}]}";

        assertThat(faults("POST", "/v1/completions", 200, text)).isEmpty();
        assertThat(faults("POST", "/v1/completions", 200, chat)).isNotEmpty();
        assertThat(faults("POST", "/v1/chat/completions", 200, text)).isNotEmpty();
        assertThat(embedded("/v1/embeddings", 200, vectors)).isEmpty();
        assertThat(embedded("/v1/embeddings", 200, wrapped.formatted(vectors))).isNotEmpty();
        assertThat(embedded("/api/v1/proxy/a/embeddings", 200, wrapped.formatted(vectors)))
                .isEmpty();
        assertThat(embedded("/api/v1/proxy/a/embeddings", 200, vectors)).isNotEmpty();
        assertThat(embedded("/api/v1/proxy/a/embeddings", 402, ERROR)).isEmpty();
    }

    @Test
    void noticeARequestThatWasTakenThoughItIsNotAsWritten() {
        var issued = ACCESS_KEY.formatted(KEY, ", \"secret\": \"s\"");
        assertThat(sent("{\"name\": \"ci\"}", 201, issued)).isEmpty();
        assertThat(sent("{\"name\": \"ci\", \"surprise\": 1}", 201, issued)).isNotEmpty();
        assertThat(sent("{}", 201, issued)).isNotEmpty();
        assertThat(sent("{\"name\": \"ci\"}", 201, ACCESS_KEY.formatted(KEY, ", \"secret\": \"s\", \"more\": 1")))
                .isNotEmpty();
        assertThat(sent(null, 201, issued)).isNotEmpty();
        assertThat(faults("GET", "/api/usage?limit=10", 200, "{\"items\": []}")).isEmpty();
        assertThat(faults("GET", "/api/usage?surprise=1", 200, "{\"items\": []}"))
                .isNotEmpty();
        assertThat(faults("GET", "/api/usage?limit=x", 200, "{\"items\": []}")).isNotEmpty();
    }

    @Test
    void noticeAnEventThatIsNotAsWritten() {
        assertThat(events(CHUNK, "[DONE]")).isEmpty();
        assertThat(events(CHUNK, "{\"error\": {\"message\": \"m\", \"type\": \"t\", \"code\": \"c\"}}"))
                .isEmpty();
        assertThat(events(CHUNK, "{\"surprise\": true}")).isNotEmpty();
        assertThat(events("{\"choices\": [{\"index\": 0}]}")).isNotEmpty();
        assertThat(events("half a ch")).isNotEmpty();
    }

    private List<String> page(String accessKey) {
        return faults("GET", "/api/access-keys", 200, "{\"items\": [" + accessKey + "]}");
    }

    private List<String> faults(String method, String path, int status, String answer) {
        var request = method.equals("POST") ? "{}" : null;
        return contracts.faults(exchange(method, path, request, status, "application/json", answer));
    }

    private List<String> sent(String request, int status, String answer) {
        return contracts.faults(exchange("POST", "/api/access-keys", request, status, "application/json", answer));
    }

    private List<String> embedded(String path, int status, String answer) {
        var request = "{\"input\": \"Hello\", \"dimensions\": 8}";
        return contracts.faults(exchange("POST", path, request, status, "application/json", answer));
    }

    private List<String> events(String... data) {
        var lines =
                String.join("\n\n", List.of(data).stream().map("data: "::concat).toList());
        return contracts.faults(
                exchange("POST", "/v1/chat/completions", "{}", 200, "text/event-stream;charset=utf-8", lines + "\n\n"));
    }

    private static Exchange problem(String path, String body) {
        return exchange("GET", path, null, 401, "application/problem+json", body);
    }

    private static Exchange exchange(
            String method, String path, String request, int status, String type, String answer) {
        return new Exchange(method, URI.create("http://127.0.0.1:8000" + path), request, status, type, answer);
    }
}
