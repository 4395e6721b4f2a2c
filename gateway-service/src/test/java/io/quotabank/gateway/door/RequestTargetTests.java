package io.quotabank.gateway.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.door.RequestTarget.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/models",
                "/v1/models?limit=1",
                "/v1?x",
                "/v1/models?next=../../internal",
                "/api/v1/proxy/gpt-4o/chat/completions",
                "/api/v1/proxy/meta/llama-3.1/chat/completions",
                "/v1/models/gpt-4o:free",
                "/v1/.well-known",
                "/v1/...",
                "/v1/a..b",
                "/v1/models/%E6%A8%A1%E5%9E%8B"
            })
    void relaysWhatSpeaksOpenAi(String raw) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(Kind.RELAYED, raw));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health", "/api/pool/keys", "/api/usage?limit=5", "/api/v1", "/api/v1/proxyx"})
    void routesTheRestOfTheApi(String raw) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(Kind.ROUTED, raw));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/internal/leases",
                "/internal",
                "/actuator",
                "/actuator/health",
                "/Actuator/env",
                "//internal/leases",
                "/%69nternal/leases",
                "/%61ctuator/env",
                "/v1x",
                "/apix",
                "/API/pool/keys",
                "/health/x",
                "/favicon.ico"
            })
    void knowsNothingElse(String raw) {
        assertThat(RequestTarget.of(raw).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "v1/models",
                "internal",
                "/v1/../internal/leases",
                "/v1/..",
                "/v1/.",
                "/v1/./models",
                "/..",
                "/v1/%2e%2e/internal/leases",
                "/v1/%2E./internal",
                "/v1/.%2e/internal",
                "/v1/%2e/models",
                "/v1/..%2finternal",
                "/v1/x%2f..%2f..%2finternal",
                "/api/v1/proxy/..%2F..%2F..%2Finternal/chat/completions",
                "/v1/..;/internal",
                "/v1/..;a=b/internal",
                "/v1/models;jsessionid=1",
                "/v1/models%3Bx",
                "/v1/..\\internal",
                "/v1/%5c..%5cinternal",
                "/v1/%252e%252e/internal",
                "/v1/%00",
                "/v1/%0d%0aX:1",
                "/v1/%7f",
                "/v1/%",
                "/v1/%2",
                "/v1/%zz",
                "/v1/\u0001",
                "/v1/a b",
                "/v1/\u00e4",
                "/v1/models#x",
                "/api/pool%2f..%2finternal",
                "/api/pool/%2e%2e/%2e%2e/internal",
                "/api/pool%2Fkeys",
                "/api/../internal",
                "http://",
                "http://host",
                "ftp://host/v1/models"
            })
    void refusesWhatTwoReadersCouldReadInTwoWays(String raw) {
        assertThat(RequestTarget.of(raw).kind()).isEqualTo(Kind.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/proxy/meta%2Fllama/chat/completions, /api/v1/proxy/meta/llama/chat/completions",
        "/api/v1/proxy/a%2fb%2Fc/chat/completions?x=%2F, /api/v1/proxy/a/b/c/chat/completions?x=%2F",
        "/v1/models/meta%2Fllama, /v1/models/meta/llama"
    })
    void readsAnEncodedSlashInAModelNameAsASlash(String raw, String uri) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(Kind.RELAYED, uri));
    }

    @ParameterizedTest
    @CsvSource({
        "/chat/completions, /v1/chat/completions",
        "/completions, /v1/completions",
        "/embeddings?x=1, /v1/embeddings?x=1",
        "/models, /v1/models",
        "/models?client_version=0.1//, /v1/models?client_version=0.1//",
        "/models/meta/llama, /v1/models/meta/llama",
        "/models/meta%2Fllama, /v1/models/meta/llama",
        "/responses, /v1/responses",
        "/v1/v1/chat/completions, /v1/chat/completions",
        "/v1/v1/v1/models, /v1/models",
        "/v1//chat//completions, /v1/chat/completions",
        "//v1/chat/completions, /v1/chat/completions",
        "/v1/chat/completions/, /v1/chat/completions",
        "/v1/models//?a=/, /v1/models?a=/",
        "//v1//v1///embeddings//, /v1/embeddings",
        "/v1/, /v1",
        "/api/v1/chat/completions, /v1/chat/completions",
        "/api/v1/models, /v1/models",
        "//api/v1/proxy//m/embeddings/, /api/v1/proxy/m/embeddings",
        "/api//v1/proxy/a/b/chat/completions, /api/v1/proxy/a/b/chat/completions",
        "http://h//v1/models, /v1/models"
    })
    void readsEverySpellingOfTheBaseAddress(String raw, String uri) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(Kind.RELAYED, uri));
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/chat/completions, /v1/chat/completions",
        "/openai/v1/embeddings, /v1/embeddings",
        "/openai/deployments/x/chat/completions, /v1/chat/completions",
        "/V1/Models, /v1/models",
        "/x/models/a/b/c, /v1/models/a",
        "/proxy/v1, /v1"
    })
    void knowsWhatWasMeantByAnAddressThatIsNone(String raw, String meant) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(Kind.MISSPELLED, meant));
    }

    @Test
    void leavesTheSpellingOfRoutesAsItIs() {
        for (var raw : new String[] {"/api/pool/keys/", "/api//pool/keys", "/api/v1/", "/api/v1/x", "/api/usage//"}) {
            assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(Kind.ROUTED, raw));
        }
    }

    @Test
    void takesThePathOutOfTheAbsoluteForm() {
        assertThat(RequestTarget.of("http://any.host:1/v1/models?a=b").uri()).isEqualTo("/v1/models?a=b");
        assertThat(RequestTarget.of("HTTPS://h/internal").kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(RequestTarget.of("http://h/v1/../internal").kind()).isEqualTo(Kind.MALFORMED);
    }
}
