package io.quotabank.proxy.accesskey;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a person lets a key spend, in credits with at most 6 decimals, from 0 on.
 *
 * @param total since the key first had a limit; null without one
 * @param daily in a UTC day; null without one
 * @param monthly in a UTC month; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Limits(
        @Nullable BigDecimal total,
        @Nullable BigDecimal daily,
        @Nullable BigDecimal monthly) {

    static final Limits NONE = new Limits(null, null, null);

    Limits {
        micro(total);
        micro(daily);
        micro(monthly);
    }

    static @Nullable Limits of(@Nullable SpendingCap cap) {
        return cap == null ? null : new Limits(decimal(cap.total()), decimal(cap.daily()), decimal(cap.monthly()));
    }

    /** Null where nothing is limited. */
    @Nullable
    SpendingCap cap(UUID accessKeyId, long version) {
        return total == null && daily == null && monthly == null
                ? null
                : new SpendingCap(accessKeyId, version, micro(total), micro(daily), micro(monthly));
    }

    private static @Nullable Credits micro(@Nullable BigDecimal credits) {
        return credits == null ? null : Credits.ofDecimal(credits);
    }

    private static @Nullable BigDecimal decimal(@Nullable Credits credits) {
        return credits == null ? null : credits.toDecimal();
    }
}
