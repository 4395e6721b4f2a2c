package io.quotabank.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.pool.Verifier.Truth;
import java.math.BigDecimal;
import java.util.UUID;
import java.util.regex.Matcher;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A person who deposits keys and waits for them. */
public final class Depositor {

    private static final String DEPOSITS = "/api/pool/deposits";
    private static final JsonMapper JSON = new JsonMapper();

    private final Person person;

    public Depositor(Person person) {
        this.person = person;
    }

    public static String secret() {
        return "sk-test-" + UUID.randomUUID();
    }

    /** A key for gpt-4o-mini with a claimed quota in US dollars, verified and in use. */
    public UUID key(String claimedUsd) {
        return key(secret(), claimedUsd);
    }

    public UUID key(String secret, String claimedUsd) {
        var body = JSON.createObjectNode();
        body.put("provider", "openai").put("apiKey", secret).put("mode", "consignment");
        body.putArray("models").add("gpt-4o-mini");
        if (claimedUsd != null) {
            body.putObject("claimedQuota").put("usd", new BigDecimal(claimedUsd));
        }
        var taken = person.post(DEPOSITS, body.toString());
        assertThat(taken.status()).as(taken.raw().body()).isEqualTo(202);
        var settled = settled(taken.body().path("id").asString());
        assertThat(settled.path("status").asString()).as(settled.toString()).isEqualTo("active");
        return UUID.fromString(settled.path("keyId").asString());
    }

    public JsonNode settled(String depositId) {
        return await().until(
                        () -> person.get(DEPOSITS + "/" + depositId).body(),
                        body -> !body.path("status").asString().equals("verifying"));
    }

    /** From now on the secret turns out to be this. */
    public static void say(String secret, Truth truth) {
        Verifier.get().say(secret, truth);
    }

    /**
     * A deposit for gpt-4o-mini and gpt-4o.
     *
     * @param member replaces the one of the same name, or is added
     */
    public static String body(String secret, String member) {
        var body = JSON.createObjectNode();
        body.put("provider", "openai").put("apiKey", secret).put("mode", "consignment");
        body.putArray("models").add("gpt-4o-mini").add("gpt-4o");
        if (member == null) {
            return body.toString();
        }
        var name = member.strip().substring(1, member.strip().indexOf('"', 1));
        body.remove(name);
        return body.toString().replaceFirst("}$", "," + Matcher.quoteReplacement(member.strip()) + "}");
    }
}
