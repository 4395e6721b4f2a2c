package io.quotabank.ledger.payment;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param openFor how long an order can be paid; then it is closed at its provider
 * @param every how often is looked for orders and refunds that are due
 * @param lookAfter how long after opening its provider is first asked whether an order is paid, as no notification came;
 *     then each time after twice as long, up to ten minutes
 * @param answerWithin how long a provider may take to open an order; the same request is refused meanwhile
 * @param retryAfter how long after it failed a refund is asked for again
 * @param lookAgain how long after its provider told that a refund is under way it is looked at again: the notification of
 *     its end may be lost
 * @param batch the most orders, and the most refunds, that are looked at in one round
 * @param mostUnpaid the most orders of one person that wait for payment; more are refused
 */
@Validated
@ConfigurationProperties("quotabank.payment")
record PaymentProperties(
        @DefaultValue("1h") @DurationMin(millis = 100) @DurationMax(hours = 23)
        Duration openFor,

        @DefaultValue("5s") @DurationMin(millis = 50) @DurationMax(minutes = 10)
        Duration every,

        @DefaultValue("20s") @DurationMin(millis = 50) @DurationMax(minutes = 10)
        Duration lookAfter,

        @DefaultValue("1m") @DurationMin(millis = 50) @DurationMax(minutes = 10)
        Duration answerWithin,

        @DefaultValue("30s") @DurationMin(millis = 50) @DurationMax(hours = 1)
        Duration retryAfter,

        @DefaultValue("10m") @DurationMin(millis = 50) @DurationMax(hours = 24)
        Duration lookAgain,

        @DefaultValue("50") @Min(1) @Max(1_000) int batch,
        @DefaultValue("20") @Min(1) @Max(1_000) int mostUnpaid) {}
