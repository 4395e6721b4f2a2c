package io.quotabank.proxy.custody;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param privateKeysetFile Tink's JSON of the private HPKE keyset that deposits are sealed to
 * @param keepOpened how long an opened secret stays in memory, at most 5 minutes
 * @param mostOpened how many opened secrets are kept at once
 */
@Validated
@ConfigurationProperties("quotabank.custody")
record CustodyProperties(
        @NotNull Path privateKeysetFile,
        @DefaultValue("5m") Duration keepOpened,
        @DefaultValue("20000") @Min(1) int mostOpened) {

    private static final Duration LONGEST = Duration.ofMinutes(5);

    CustodyProperties {
        if (keepOpened.isNegative() || keepOpened.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("quotabank.custody.keep-opened is not within 0 to 5 minutes");
        }
    }
}
