package io.quotabank.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.quotabank.platform.web.RequestId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

class ProblemsTests {

    private static final Path LIST = Path.of("..", "docs", "errors.md");
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void takesStatusTitleAndTypeFromTheCatalogue() {
        MDC.put(RequestId.MDC_KEY, "request-1");
        try {
            var problem = Problems.of("not_found", "no such key");
            assertThat(problem.getStatus()).isEqualTo(404);
            assertThat(problem.getTitle()).isEqualTo("Not found");
            assertThat(problem.getType()).hasToString("https://quotabank.io/problems/not_found");
            assertThat(problem.getDetail()).isEqualTo("no such key");
            assertThat(problem.getProperties())
                    .containsEntry("code", "not_found")
                    .containsEntry("requestId", "request-1");
        } finally {
            MDC.remove(RequestId.MDC_KEY);
        }
    }

    @Test
    void answersWithTheProblemsStatusAndContentType() {
        var answer = Problems.response("conflict");
        assertThat(answer.getStatusCode().value()).isEqualTo(409);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
    }

    @Test
    void refusesACodeThatIsNotInTheCatalogue() {
        assertThatIllegalStateException().isThrownBy(() -> Problems.of("made_up"));
    }

    @Test
    void holdsSoundEntriesInOrder() throws IOException {
        assertThat(Problems.catalogue()).allSatisfy((code, entry) -> {
            assertThat(code).matches("[a-z][a-z0-9_]*");
            assertThat(entry.status()).isBetween(400, 599);
            assertThat(entry.title()).isNotBlank();
        });
        try (var file = Problems.class.getResourceAsStream("catalogue.properties")) {
            var codes = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> line.substring(0, line.indexOf('=')))
                    .toList();
            assertThat(codes).isSorted().doesNotHaveDuplicates();
        }
    }

    /** Run with {@code -Derrors.write=true} to write the list anew. */
    @Test
    void listsTheWholeCatalogueInTheDocumentation() throws IOException {
        var listed = "# Errors\n\nEvery `application/problem+json` answer carries one of these codes; `type` is"
                + " `https://quotabank.io/problems/<code>`.\n\n| code | status | title |\n|---|---|---|\n"
                + Problems.catalogue().entrySet().stream()
                        .map(each -> "| `%s` | %d | %s |\n"
                                .formatted(
                                        each.getKey(),
                                        each.getValue().status(),
                                        each.getValue().title()))
                        .collect(Collectors.joining());
        var page = Files.readString(LIST);
        int second = page.indexOf("\n## ");
        // What follows is told by hand; system-tests hold it against the code.
        var rest = second < 0 ? "" : page.substring(second);
        if (Boolean.getBoolean("errors.write")) {
            Files.writeString(LIST, listed + rest);
        }
        assertThat(LIST).hasContent(listed + rest);
    }

    @Test
    void writesErrorsInTheFormOfOpenAi() {
        assertThat(JSON.readTree(OpenAiErrors.body(404, "model_not_found", "No such \"model\"", "model")))
                .isEqualTo(JSON.readTree("""
                        {"error":{"message":"No such \\"model\\"","type":"not_found_error","param":"model",
                         "code":"model_not_found"}}
                        """));
        assertThat(JSON.readTree(OpenAiErrors.body(503, "no_available_key", "later", null)))
                .isEqualTo(JSON.readTree("""
                        {"error":{"message":"later","type":"server_error","param":null,"code":"no_available_key"}}
                        """));
        assertThat(JSON.readTree(OpenAiErrors.body(402, "insufficient_quota", "x", null))
                        .at("/error/type")
                        .asString())
                .isEqualTo("insufficient_quota");
    }
}
