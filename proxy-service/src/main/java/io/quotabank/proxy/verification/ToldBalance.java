package io.quotabank.proxy.verification;

import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The balance that a provider tells, in US dollars.
 *
 * @param cnyPerUsd what a US dollar is in yuan
 */
record ToldBalance(BalanceForm form, String baseUrl, BigDecimal cnyPerUsd) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String VERSION = "/v1";
    private static final String DOLLARS = "USD";
    private static final String YUAN = "CNY";
    private static final int DECIMALS = 6;
    // Ten billion dollars and finer than any currency: beyond that a number is no balance.
    private static final int MOST_DIGITS = 10;
    private static final int MOST_DECIMALS = 30;

    /** Where its questions go: the base URL that the path is appended to. */
    String root() {
        return form != BalanceForm.MOONSHOT && baseUrl.endsWith(VERSION)
                ? baseUrl.substring(0, baseUrl.length() - VERSION.length())
                : baseUrl;
    }

    String path() {
        return form == BalanceForm.MOONSHOT ? "/users/me/balance" : "/user/balance";
    }

    /** Null where the answer tells no balance: it has another form, or no currency that has a rate. */
    @Nullable
    BigDecimal usd(byte[] answer) {
        try {
            var json = JSON.readTree(answer);
            return form == BalanceForm.MOONSHOT ? moonshot(json) : deepSeek(json);
        } catch (JacksonException otherForm) {
            return null;
        }
    }

    private @Nullable BigDecimal moonshot(JsonNode json) {
        return usd(json.path("data").path("available_balance"), tellsDollars() ? DOLLARS : YUAN);
    }

    // Moonshot has two houses; whoever stands between is taken to tell the smaller unit.
    private boolean tellsDollars() {
        var host = URI.create(baseUrl).getHost();
        return host != null && host.toLowerCase(Locale.ROOT).endsWith(".ai");
    }

    /** An account may hold both currencies. */
    private @Nullable BigDecimal deepSeek(JsonNode json) {
        BigDecimal sum = null;
        for (var part : json.path("balance_infos")) {
            var usd = usd(part.path("total_balance"), part.path("currency").asString(""));
            if (usd != null) {
                sum = sum == null ? usd : sum.add(usd);
            }
        }
        return sum;
    }

    /** A debt is nothing left. */
    private @Nullable BigDecimal usd(JsonNode amount, String currency) {
        var told = number(amount);
        if (told == null) {
            return null;
        }
        var left = told.max(BigDecimal.ZERO);
        return switch (currency) {
            case DOLLARS -> left;
            case YUAN -> left.divide(cnyPerUsd, DECIMALS, RoundingMode.DOWN);
            default -> null;
        };
    }

    private static @Nullable BigDecimal number(JsonNode node) {
        if (!node.isNumber() && !node.isString()) {
            return null;
        }
        try {
            var number = new BigDecimal(node.asString());
            boolean sane =
                    number.precision() - number.scale() <= MOST_DIGITS && Math.abs(number.scale()) <= MOST_DECIMALS;
            return sane ? number : null;
        } catch (NumberFormatException text) {
            return null;
        }
    }
}
