package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static io.quotabank.systemtests.Suite.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.systemtests.stack.Http;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors as the official OpenAI SDK understands them, by its own exceptions. */
class OpenAiErrorsIT {

    private static final String CHAT = "/v1/chat/completions";

    @AfterEach
    void healTheProvider() {
        Suite.SANDBOX.noFaults();
        Suite.withdrawKeys();
    }

    @Test
    void tellsAWrongKeyFromATypingError() {
        var issued = Suite.buyer("0").accessKey();
        var last = issued.charAt(issued.length() - 1);
        var mistyped = issued.substring(0, issued.length() - 1) + (last == 'x' ? 'y' : 'x');
        var typing = failure(UnauthorizedException.class, mistyped, chat(STACK.model(), "x", 5));
        var wrong = failure(
                UnauthorizedException.class, AccessKeySecret.generate(new SecureRandom()), chat(STACK.model(), "x", 5));

        assertThat(typing).hasMessageContaining("its check characters don't fit");
        assertThat(wrong).hasMessageContaining("Unknown access key");
        assertThat(List.of(typing, wrong))
                .allSatisfy(error -> assertThat(error.code()).contains("invalid_api_key"));
    }

    @Test
    void namesAnUnknownModel() {
        var error = failure(NotFoundException.class, Suite.buyer("0").accessKey(), chat("no-such-model", "x", 5));
        assertThat(error.code()).contains("model_not_found");
        assertThat(error).hasMessageContaining("no-such-model");
    }

    @Test
    void refusesWhatCannotBePaidAndSaysNotToTryAgain() {
        var error = failure(
                OpenAIServiceException.class,
                Suite.buyer("0").accessKey(),
                chat("gpt-4o", "x", 16_000).toBuilder().n(100).build());
        assertThat(error.statusCode()).isEqualTo(402);
        assertThat(error.code()).contains("insufficient_quota");
        assertThat(error.type()).contains("insufficient_quota");
        assertThat(error.headers().values("x-should-retry")).containsExactly("false");
    }

    @Test
    void asksOnceWhereCreditsAreMissing() {
        var http = new CountingHttp();
        var sdk = http.sdk(Suite.buyer("0").accessKey());
        var chat = chat("gpt-4o", "x", 16_000).toBuilder().n(100).build();

        assertThatThrownBy(() -> sdk.chat().completions().create(chat)).isInstanceOf(OpenAIServiceException.class);
        assertThat(http.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "stall", "malformedChunk", "errorEvent"})
    void aStreamThatBreaksUpstreamRaisesAnErrorAndIsNotAskedForAgain(String kind) throws Exception {
        var model = "gpt-4.1-nano";
        Suite.keyFor(model, 0);
        Suite.SANDBOX.fault(Map.of("model", model), 1, Map.of("kind", kind, "afterChunks", 4));
        var http = new CountingHttp();
        var sdk = http.sdk(Suite.buyer("0").accessKey());
        var text = new ArrayList<String>();

        try (var answer = sdk.chat().completions().createStreaming(chat(model, "x", 15))) {
            assertThatThrownBy(() -> answer.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .forEach(choice -> choice.delta()
                                    .content()
                                    .filter(each -> !each.isEmpty())
                                    .ifPresent(text::add)))
                    .isInstanceOf(OpenAIException.class);
        }
        assertThat(text).hasSize(3);
        assertThat(http.requests()).isEqualTo(1);
    }

    @Test
    void passesTheProvidersRefusalOfARequestOnUntouched() {
        var buyer = Suite.buyer("0");
        var error = failure(
                BadRequestException.class,
                buyer.accessKey(),
                chat(STACK.model(), "x", 10).toBuilder()
                        .putAdditionalBodyProperty("response_format", JsonValue.from("not an object"))
                        .build());
        assertThat(error.statusCode()).isEqualTo(400);

        var body = Map.of(
                "model",
                STACK.model(),
                "messages",
                List.of(Map.of("role", "user", "content", "x")),
                "response_format",
                "not an object");
        var apiKey = "sk-direct-" + UUID.randomUUID();
        Suite.SANDBOX.key(apiKey, List.of(STACK.model()), null, 0);
        var sent = Http.post(STACK.sandbox() + CHAT, apiKey, body);
        var passedOn = Http.post(STACK.gateway() + CHAT, buyer.accessKey(), body);
        assertThat(sent.status()).isEqualTo(400);
        assertThat(passedOn.status()).isEqualTo(400);
        assertThat(passedOn.body()).isEqualTo(sent.body());
        assertThat(passedOn.header("content-type")).isEqualTo(sent.header("content-type"));
    }

    @Test
    void saysWhenToComeBackWhenEveryKeyIsAtItsLimit() throws Exception {
        var model = "deepseek-chat";
        var apiKey = Suite.keyFor(model, 0);
        Suite.SANDBOX.fault(
                Map.of("apiKey", apiKey), 50, Map.of("kind", "status", "status", 429, "retryAfterSeconds", 20));

        var error = failure(RateLimitException.class, Suite.buyer("0").accessKey(), chat(model, "x", 10));
        assertThat(error.code()).contains("rate_limit_exceeded");
        assertThat(error.headers().values("retry-after")).containsExactly("20");
    }

    @Test
    void saysWhenToComeBackWhenNoKeyCanServe() throws Exception {
        var model = "qwen-plus";
        var apiKey = Suite.keyFor(model, 0);
        Suite.SANDBOX.fault(
                Map.of("apiKey", apiKey), 50, Map.of("kind", "status", "status", 500, "retryAfterSeconds", 30));

        var error = failure(InternalServerException.class, Suite.buyer("0").accessKey(), chat(model, "x", 10));
        assertThat(error.statusCode()).isEqualTo(503);
        assertThat(error.code()).contains("no_available_key");
        assertThat(error.headers().values("retry-after")).containsExactly("30");
    }

    @Test
    void aRevokedKeyStopsWithinASecond() throws Exception {
        var buyer = Suite.buyer("0");
        var made = Http.post(
                        STACK.gateway() + "/api/access-keys",
                        buyer.token(),
                        Map.of("name", UUID.randomUUID().toString()))
                .json();
        var secret = made.path("secret").asString();
        assertThat(models(secret).status()).isEqualTo(200);

        var id = made.path("id").asString();
        assertThat(Http.delete(STACK.gateway() + "/api/access-keys/" + id, buyer.token())
                        .status())
                .isEqualTo(204);
        long revoked = System.nanoTime();
        var asked = Duration.ZERO;
        var answer = models(secret);
        while (answer.status() == 200) {
            assertThat(asked).isLessThan(Duration.ofSeconds(1));
            Thread.sleep(20);
            asked = Duration.ofNanos(System.nanoTime() - revoked);
            answer = models(secret);
        }
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("api_key_revoked");
    }

    private static Http.Answer models(String accessKey) {
        return Http.get(STACK.gateway() + "/v1/models", accessKey);
    }

    private static <E extends OpenAIServiceException> E failure(
            Class<E> type, String accessKey, ChatCompletionCreateParams chat) {
        var sdk = Suite.client(accessKey, 0);
        var failure = catchThrowableOfType(type, () -> sdk.chat().completions().create(chat));
        assertThat(failure).as("no " + type.getSimpleName()).isNotNull();
        return failure;
    }
}
