package io.quotabank.contracts.verification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/**
 * Asks proxy-service, which alone can open a stored key, what is left on one by its provider's word. Costs no tokens and
 * is safe to repeat. The key is named only: proxy-service knows its secret and address from {@code pool.keys.v1}.
 */
@FeignClient(name = "proxy-service", contextId = "keyBalances")
public interface KeyBalances {

    @PostMapping("/internal/key-balances")
    Answer tell(@RequestBody Question question);

    /**
     * @param form how the provider tells a key's balance; {@link BalanceForm#NONE} asks in DeepSeek's way
     * @param cnyPerUsd what a US dollar is in yuan, for providers that tell yuan; above zero
     */
    record Question(UUID keyId, BalanceForm form, BigDecimal cnyPerUsd) {}

    /** @param usd US dollars, zero or more; null unless {@link Told#BALANCE} */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(Told told, @Nullable BigDecimal usd) {
        public Answer {
            if ((told == Told.BALANCE) != (usd != null)) {
                throw new IllegalArgumentException("an amount is told, or none");
            }
        }
    }

    enum Told {
        BALANCE,
        /** The provider tells no balance of this key. */
        NO_BALANCE,
        /** No answer could be had: worth another try. */
        NO_ANSWER,
        /** proxy-service does not know the key (yet), or may not use it now. */
        NO_KEY;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
