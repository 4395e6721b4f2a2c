package io.quotabank.contracts.verification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** Asks proxy-service, which alone can open a stored key, to prove one by real calls. Safe to repeat. */
@FeignClient(name = "proxy-service", contextId = "keyVerification")
public interface KeyVerification {

    @PostMapping("/internal/key-verifications")
    Report verify(@RequestBody Request request);

    /**
     * @param ownerId null for a platform key; with the key id the context that the secret was sealed in
     * @param claimedUsd the quota that the depositor claims, in US dollars; null where unknown
     * @param balance how the provider tells a key's balance
     * @param cnyPerUsd what a US dollar is in yuan, for providers that tell yuan; above zero
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Request(
            UUID keyId,
            @Nullable UUID ownerId,
            String provider,
            String baseUrl,
            List<String> models,
            String sealedSecret,
            @Nullable BigDecimal claimedUsd,
            BalanceForm balance,
            BigDecimal cnyPerUsd) {

        public Request {
            models = List.copyOf(models);
        }
    }

    /** @param balanceUsd what the provider tells, null where it tells none */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Report(List<Check> checks, @Nullable BigDecimal balanceUsd) {
        public Report {
            checks = List.copyOf(checks);
        }

        public boolean passed() {
            return checks.stream().allMatch(check -> check.result() == Result.PASSED);
        }
    }

    /**
     * @param name {@code address}, {@code authentication}, {@code model:NAME} or {@code balance}
     * @param detail for the depositor: no secret, no upstream body
     */
    record Check(String name, Result result, String detail) {}

    /** How a provider tells what is left on a key. */
    enum BalanceForm {
        /** Not at all, as far as is known; a base URL of the depositor's own may still do so in DeepSeek's way. */
        NONE,
        /** {@code GET /user/balance}: {@code balance_infos[]} of {@code currency} and {@code total_balance}. */
        DEEPSEEK,
        /** {@code GET {base}/users/me/balance}: {@code data.available_balance}, in yuan but for hosts under .ai. */
        MOONSHOT;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    enum Result {
        PASSED,
        /** The provider's answer proves it wrong: the deposit is refused. */
        FAILED,
        /** The key is good, and its provider says that nothing is left on it: a deposit is refused for it. */
        EXHAUSTED,
        /** No answer could be had: worth another try. */
        UNREACHABLE;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
