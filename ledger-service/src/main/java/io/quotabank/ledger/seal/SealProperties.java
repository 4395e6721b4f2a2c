package io.quotabank.ledger.seal;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param every how often it looks for new cuts to seal
 * @param longest how long the database may sort the transfers of one block; those of before the first cut are one
 * @param mostBlocks told at once
 * @param anchorEvery how often the head is anchored
 * @param anchorDirectory where anchors are kept: on another machine's disk, as whoever may write there may forge them
 * @param anchorBucket where they are kept as well, or instead; null for either keeps none there
 * @param mostWaiting heads that wait for a place that is away
 */
@Validated
@ConfigurationProperties("quotabank.seal")
record SealProperties(
        @DefaultValue("1s") Duration every,
        @DefaultValue("30m") Duration longest,
        @DefaultValue("1000") @Min(1) @Max(100_000) int mostBlocks,
        @DefaultValue("1m") Duration anchorEvery,
        @Nullable Path anchorDirectory,
        @Nullable @Valid Bucket anchorBucket,
        @DefaultValue("1440") @Min(2) @Max(100_000) int mostWaiting) {

    /**
     * Of S3, or of what speaks its protocol and knows {@code If-None-Match}. Credentials come from where the SDK looks for
     * them: environment, system properties, profile, container, machine.
     *
     * @param endpoint of another server than Amazon's
     * @param prefix of the objects' names
     * @param pathStyle the bucket's name is in the path, not in the host's name
     * @param lockFor how long nobody can delete an anchor (object lock, compliance mode); null leaves it to the bucket
     * @param timeout of one call with all its tries
     */
    record Bucket(
            @NotBlank String name,
            @Nullable URI endpoint,
            @DefaultValue("us-east-1") String region,
            @DefaultValue("anchors/") String prefix,
            @DefaultValue("false") boolean pathStyle,
            @Nullable Duration lockFor,
            @DefaultValue("10s") Duration timeout) {}
}
