package io.quotabank.proxy.routing;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param rankEvery how often keys are ranked anew while they are used
 * @param band keys whose score is at least this part of the best one's share the load evenly
 * @param examined how many of the best keys a choice looks at before it searches further
 * @param window how far back success rates and failures count
 * @param failuresToCool failures within the window that take a key out
 * @param failuresToFlag failures, those of probes included unless its host was out, that leave a key to a person
 * @param coolDown how long a key is out at first; doubled by each failed probe
 * @param refusedCoolDown how long a key is out whose provider refused it (401, 402, 403)
 * @param longestCoolDown the most a provider's Retry-After or reset header can ask for
 * @param hostCoolDown how long a host is out at first; doubled by each failed probe
 * @param longestHostCoolDown the most that doubling leads to
 * @param strategy by what keys are chosen for models that have no strategy of their own: smart, cheapest, fastest,
 *     weighted-round-robin or least-recently-used
 * @param strategies by model; a name with other signs than letters, digits and dashes stands in brackets:
 *     {@code quotabank.routing.strategies[gpt-4.1-nano]=least-recently-used}
 * @param mostKeys the most keys that are not withdrawn; further ones are left out, with an error in the log
 */
@Validated
@ConfigurationProperties("quotabank.routing")
record RoutingProperties(
        @DefaultValue("250ms") Duration rankEvery,

        @DefaultValue("0.95") @DecimalMin("0.5") @DecimalMax("1")
        double band,

        @DefaultValue("32") @Min(1) int examined,
        @DefaultValue("10m") Duration window,
        @DefaultValue("5") @Min(1) int failuresToCool,
        @DefaultValue("10") @Min(1) int failuresToFlag,
        @DefaultValue("10s") Duration coolDown,
        @DefaultValue("1h") Duration refusedCoolDown,
        @DefaultValue("1h") Duration longestCoolDown,
        @DefaultValue("2s") Duration hostCoolDown,
        @DefaultValue("1m") Duration longestHostCoolDown,
        @DefaultValue("100000") @Min(1) int mostKeys,
        @DefaultValue("smart") Strategy strategy,
        @DefaultValue Map<String, Strategy> strategies) {

    RoutingProperties {
        strategies = Map.copyOf(strategies);
    }

    Strategy strategyOf(String model) {
        return strategies.getOrDefault(model, strategy);
    }

    /** All that some model is routed by. */
    Set<Strategy> strategiesInUse() {
        var used = EnumSet.of(strategy);
        used.addAll(strategies.values());
        return used;
    }
}
