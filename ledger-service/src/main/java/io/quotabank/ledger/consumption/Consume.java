package io.quotabank.ledger.consumption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.text.Text;
import io.quotabank.ledger.transfer.TransferType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an application asks for.
 *
 * @param amount null where the action's price says it
 * @param action what it was for, 1 to 64 letters, digits, {@code _ . : -}; no type of entry, so that none looks like one
 * @param orderId an idempotency key of the application's; null for none
 */
record Consume(
        UUID userId,
        @Nullable Credits amount,
        String action,
        @Nullable String description,
        @Nullable String orderId) {

    static final int LONGEST_TEXT = 500;

    private static final int LONGEST_ORDER = 128;
    private static final Pattern ACTION = Pattern.compile("[\\p{L}\\p{N}_.:-]{1,64}");
    private static final Set<String> TYPES =
            Arrays.stream(TransferType.values()).map(TransferType::wire).collect(Collectors.toUnmodifiableSet());

    Consume {
        if (amount != null && amount.isZero()) {
            throw new IllegalArgumentException("amount is above zero");
        }
        if (!ACTION.matcher(action).matches() || TYPES.contains(action)) {
            throw new IllegalArgumentException(
                    "action has 1 to 64 letters, digits and _ . : - and is no type of entry");
        }
        Text.optional("description", description, LONGEST_TEXT);
        if (orderId != null) {
            Text.required("order_id", orderId, LONGEST_ORDER);
        }
    }

    /** Of everything that makes it this request, each part with its length. */
    String digest() {
        return Idempotency.digest(
                "consume|" + userId + "|" + amount + "|" + action + "|" + sized(description) + "|" + sized(orderId));
    }

    /** The keys under which it is known: the one that came with it, and its order. */
    List<String> keys(@Nullable String key) {
        var keys = new ArrayList<String>(2);
        if (key != null) {
            keys.add(key);
        }
        if (orderId != null) {
            keys.add("order:" + orderId);
        }
        return keys;
    }

    static String sized(@Nullable String text) {
        return text == null ? "-" : text.length() + ":" + text;
    }
}
