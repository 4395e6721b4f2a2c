package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.End;
import io.quotabank.systemtests.stack.Caller.Result;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody overspends: what the credits pay for succeeds, to the last request, and nothing more. */
class OverspendIT {

    private static final BigDecimal SIGN_UP_BONUS = new BigDecimal("520");
    private static final int PAID = 50;
    private static final int ASKED = 400;
    private static final int TOKENS = 8_200; // dear enough that fifty cost more than the sign-up bonus
    private static final String TEXT = "The same words in each request.";

    @AfterEach
    void takeTheKeysBack() {
        Suite.withdrawKeys();
    }

    @Test
    void creditsForFiftyRequestsPayForFifty() throws Exception {
        assertThat(STACK.instances("proxy-service")).hasSizeGreaterThanOrEqualTo(2);
        var model = "gpt-4o";
        Suite.keyFor(model, 0);
        var price = priceOfOne(model);
        var buyer = Suite.buyer(
                price.multiply(BigDecimal.valueOf(PAID)).subtract(SIGN_UP_BONUS).toPlainString());
        var keys = List.of(
                buyer.accessKey(), PEOPLE.accessKey(buyer.token(), "two"), PEOPLE.accessKey(buyer.token(), "three"));

        var caller = new Caller(STACK);
        var calls = new ArrayList<Callable<Result>>();
        for (int i = 0; i < ASKED; i++) {
            var key = keys.get(i % keys.size());
            calls.add(() -> askUntilRefusedFor(caller, key, model));
        }
        var results = new ArrayList<Result>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
        }

        assertThat(results.stream().filter(result -> result.end() == End.WHOLE)).hasSize(PAID);
        assertThat(results.stream().filter(result -> result.end() != End.WHOLE))
                .allSatisfy(result -> assertThat(result.status()).isEqualTo(402));
        await().atMost(Duration.ofSeconds(7)).untilAsserted(() -> {
            var balance = PEOPLE.balance(buyer.userId());
            assertThat(balance.path("held").decimalValue()).isEqualByComparingTo("0");
            assertThat(balance.path("credits").decimalValue()).isEqualByComparingTo("0");
        });
    }

    /** Keeps asking while refused, for as long as another request could still give something back. */
    private static Result askUntilRefusedFor(Caller caller, String key, String model) throws InterruptedException {
        var end = System.nanoTime() + Duration.ofSeconds(12).toNanos();
        Result result;
        do {
            result = caller.chat(key, model, TEXT, TOKENS);
            if (result.end() == End.REFUSED && (result.status() == 402 || result.status() == 503)) {
                Thread.sleep(300);
            }
        } while (result.end() != End.WHOLE && System.nanoTime() < end);
        return result;
    }

    private static BigDecimal priceOfOne(String model) {
        var chat = Suite.chat(model, TEXT, TOKENS);
        try (var answer =
                Suite.buyer("0").sdk().chat().completions().withRawResponse().create(chat)) {
            return new BigDecimal(answer.headers().values("x-quotabank-charge").getFirst());
        }
    }
}
