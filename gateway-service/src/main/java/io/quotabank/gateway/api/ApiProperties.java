package io.quotabank.gateway.api;

import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The routes of {@code /api}.
 *
 * @param corsOrigins the origins whose pages may call {@code /api} from a browser; none by default, {@code *} is refused
 * @param timeLimit the most that a service may take to answer
 */
@Validated
@ConfigurationProperties("quotabank.gateway.api")
record ApiProperties(
        @DefaultValue List<String> corsOrigins,

        @DefaultValue("30s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration timeLimit) {

    ApiProperties {
        corsOrigins = List.copyOf(corsOrigins);
        if (corsOrigins.contains("*")) {
            throw new IllegalArgumentException("quotabank.gateway.api.cors-origins must name origins");
        }
    }
}
