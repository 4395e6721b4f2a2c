package io.quotabank.pool.platformkey;

import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** @param providers what the platform's own key of a provider is there for, by the provider's name in the catalogue */
@Validated
@ConfigurationProperties("quotabank.platform-key")
record PlatformKeyProperties(@DefaultValue Map<String, @Valid Placement> providers) {

    /**
     * @param kind {@code fallback}: serves only when nothing else can; {@code pool}: competes with people's keys
     * @param priority lower numbers first, among fallback keys
     */
    record Placement(
            @DefaultValue("fallback") Kind kind,
            @DefaultValue("1") @Min(0) @Max(1_000) int priority) {

        static final Placement USUAL = new Placement(Kind.FALLBACK, 1);

        Placement {
            if (kind == Kind.CONSIGNMENT) {
                throw new IllegalArgumentException("a key of the platform's own is of the kind fallback or pool");
            }
        }
    }

    PlatformKeyProperties {
        providers = Map.copyOf(providers);
    }

    Placement of(String provider) {
        return providers.getOrDefault(provider, Placement.USUAL);
    }
}
