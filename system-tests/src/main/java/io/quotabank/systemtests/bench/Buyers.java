package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.People;
import io.quotabank.systemtests.stack.Sandbox;
import io.quotabank.systemtests.stack.Seller;
import io.quotabank.systemtests.stack.Stack;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Who calls in a benchmark, and the deposited key that serves them; the key goes when this is closed. */
final class Buyers implements AutoCloseable {

    private static final int COUNT = 16;

    private final Seller seller;
    private final UUID keyId;
    private final String apiKey;
    private final List<String> accessKeys;

    /** @param tokensPerSecond the provider's pace of streams; 0 is as fast as it goes */
    Buyers(Stack stack, String model, int tokensPerSecond) throws InterruptedException {
        apiKey = "sk-bench-" + UUID.randomUUID();
        new Sandbox(stack).key(apiKey, List.of(model), null, tokensPerSecond);
        seller = new Seller(stack, new People(stack).token("seller"));
        var deposit = seller.deposit(apiKey, List.of(model));
        if (!deposit.status().equals("active")) {
            throw new IllegalStateException("the bench's key was not taken: " + deposit.status());
        }
        keyId = deposit.keyId();
        accessKeys = IntStream.range(0, COUNT).mapToObj(i -> newcomer(stack)).toList();
    }

    /** What the provider knows the caller by. */
    String apiKey() {
        return apiKey;
    }

    /** One for each of the people who call. */
    List<String> accessKeys() {
        return accessKeys;
    }

    // It is so fast that it would serve the demo's calls as well, for as long as the suite lives.
    @Override
    public void close() {
        var answer = seller.change(keyId, "withdraw");
        if (answer.status() / 100 != 2) {
            System.err.println("The bench's key " + keyId + " could not be withdrawn: " + answer.body());
        }
    }

    private static String newcomer(Stack stack) {
        var people = new People(stack);
        var newcomer = people.signUp();
        var token = people.token(newcomer.username(), newcomer.password());
        Http.get(stack.gateway() + "/api/credits/balance/" + newcomer.userId(), token);
        people.recharge(newcomer.userId(), BigDecimal.valueOf(1_000_000));
        return people.accessKey(token, "bench");
    }
}
