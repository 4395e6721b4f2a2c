package io.quotabank.proxy.accesskey;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param mostPerUser live keys that a person can have at once; one more is refused
 * @param pageSize the longest page of a list
 */
@Validated
@ConfigurationProperties("quotabank.access-key")
record AccessKeyProperties(
        @DefaultValue("100") @Min(1) @Max(10_000) int mostPerUser,
        @DefaultValue("200") @Min(1) @Max(1_000) int pageSize) {}
