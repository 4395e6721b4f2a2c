package io.quotabank.ledger.tail;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param every how often a cut is made, where something was posted: how late entries are published, and how large a block
 *     of the seal becomes
 * @param indexEvery how often the index by transaction number takes in what was written
 */
@Validated
@ConfigurationProperties("quotabank.tail")
record TailProperties(
        @DefaultValue("1s") Duration every,
        @DefaultValue("5s") Duration indexEvery) {}
