package io.quotabank.ledger.seal;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
 * @param anchorDirectory where anchors are kept: on another machine's disk, as whoever may write there may forge them;
 *     null keeps none
 */
@Validated
@ConfigurationProperties("quotabank.seal")
record SealProperties(
        @DefaultValue("1s") Duration every,
        @DefaultValue("30m") Duration longest,
        @DefaultValue("1000") @Min(1) @Max(100_000) int mostBlocks,
        @DefaultValue("1m") Duration anchorEvery,
        @Nullable Path anchorDirectory) {}
