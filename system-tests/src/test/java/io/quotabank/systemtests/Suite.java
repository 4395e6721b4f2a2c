package io.quotabank.systemtests;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.quotabank.systemtests.stack.Books;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.People;
import io.quotabank.systemtests.stack.Sandbox;
import io.quotabank.systemtests.stack.Seller;
import io.quotabank.systemtests.stack.Stack;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** What every system test starts from: the running suite and people on it. */
final class Suite {

    static final Stack STACK = Stack.running();
    static final People PEOPLE = new People(STACK);
    static final Sandbox SANDBOX = new Sandbox(STACK);
    static final Books LEDGER = new Books(STACK, "ledger");

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private record Deposited(String apiKey, String token, UUID keyId) {}

    private static final Queue<Deposited> DEPOSITED = new ConcurrentLinkedQueue<>();

    /** Somebody with credits, a token and an access key of their own. */
    record Buyer(UUID userId, String token, String accessKey) {
        OpenAIClient sdk() {
            return sdk(0);
        }

        OpenAIClient sdk(int retries) {
            return client(accessKey, retries);
        }
    }

    static Buyer buyer(String extraCredits) {
        var newcomer = PEOPLE.signUp();
        var token = PEOPLE.token(newcomer.username(), newcomer.password());
        var buyer = new Buyer(newcomer.userId(), token, PEOPLE.accessKey(token, "system test"));
        Http.get(STACK.gateway() + "/api/credits/balance/" + newcomer.userId(), token);
        if (new BigDecimal(extraCredits).signum() > 0) {
            PEOPLE.recharge(newcomer.userId(), new BigDecimal(extraCredits));
        }
        return buyer;
    }

    static OpenAIClient client(String accessKey, int retries) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(STACK.gateway() + "/v1")
                .apiKey(accessKey)
                .maxRetries(retries)
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    static ChatCompletionCreateParams chat(String model, String text, long outputTokens) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage(text)
                .maxCompletionTokens(outputTokens)
                .build();
    }

    /** A key of the sandbox that serves one model, deposited by the demo seller. */
    static String keyFor(String model, int tokensPerSecond) throws InterruptedException {
        return deposited(PEOPLE.token("seller"), model, tokensPerSecond, null, STACK.sandbox() + "/v1");
    }

    static String keyOf(Buyer owner, String model, int tokensPerSecond) throws InterruptedException {
        return deposited(owner.token(), model, tokensPerSecond, null, STACK.sandbox() + "/v1");
    }

    /** One of a provider that tells what is left on it. */
    static String keyOf(Buyer owner, String model, double balanceUsd) throws InterruptedException {
        return deposited(owner.token(), model, 0, balanceUsd, STACK.sandbox() + "/v1");
    }

    /** The same at an address of its own, beginning with {@code http://}. */
    static String keyAt(String sandbox, String model) throws InterruptedException {
        return deposited(PEOPLE.token("seller"), model, 0, null, sandbox + "/v1");
    }

    /** Takes the keys of a test out of the pool, so that they serve no other test. */
    static void withdrawKeys() {
        withdrawKeysBut("");
    }

    static void withdrawKeysBut(String apiKey) {
        var taken =
                DEPOSITED.stream().filter(key -> !key.apiKey().equals(apiKey)).toList();
        taken.forEach(key -> new Seller(STACK, key.token()).change(key.keyId(), "withdraw"));
        DEPOSITED.removeAll(taken);
    }

    private static String deposited(
            String token, String model, int tokensPerSecond, @Nullable Double balanceUsd, String baseUrl)
            throws InterruptedException {
        var apiKey = "sk-test-" + UUID.randomUUID();
        SANDBOX.key(apiKey, List.of(upstreamName(model)), balanceUsd, tokensPerSecond);
        var deposit = new Seller(STACK, token).deposit(apiKey, List.of(model), baseUrl);
        if (!deposit.status().equals("active")) {
            throw new IllegalStateException("the deposit ended " + deposit.status());
        }
        DEPOSITED.add(new Deposited(apiKey, token, deposit.keyId()));
        return apiKey;
    }

    /** The provider's own name of a model, which the catalogue translates. */
    private static String upstreamName(String model) {
        return model.equals("kimi-k2") ? "kimi-k2-0905-preview" : model;
    }

    private Suite() {}
}
