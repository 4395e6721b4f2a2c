package io.quotabank.ledger.account;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param remembered how many accounts' numbers are kept in memory by their codes, and as many codes by their numbers; least
 *     recently used go first
 */
@Validated
@ConfigurationProperties("quotabank.account")
record AccountProperties(@DefaultValue("200000") @Min(1_000) int remembered) {}
