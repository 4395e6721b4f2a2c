package io.quotabank.ledger.reconciliation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param longest how long one proof may take
 */
@Validated
@ConfigurationProperties("quotabank.reconciliation")
record ReconciliationProperties(@DefaultValue("10m") Duration longest) {}
