package io.quotabank.contracts.accesskey;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.money.Credits;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an access key may spend: charged and reserved together, in all and in each UTC day and month. At least one of the
 * three is set; the ledger keeps them all, whichever proxies serve the key.
 *
 * @param version rises with each change of the limits; whoever has a higher one goes by that
 * @param total since the key first had a cap; null without limit
 * @param daily in a UTC day; null without limit
 * @param monthly in a UTC month; null without limit
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SpendingCap(
        UUID accessKeyId,
        long version,
        @Nullable Credits total,
        @Nullable Credits daily,
        @Nullable Credits monthly) {

    public SpendingCap {
        if (version < 1 || (total == null && daily == null && monthly == null)) {
            throw new IllegalArgumentException("a cap has a version from 1 on and at least one limit");
        }
    }
}
