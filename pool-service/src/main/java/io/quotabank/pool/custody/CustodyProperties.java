package io.quotabank.pool.custody;

import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param publicKeysetFile proxy-service's public keyset (Tink JSON) that secrets are sealed to
 * @param fingerprintKeyFile at least 32 random bytes that make fingerprints; without it they are made with a key
 *     derived from this service's own identity key, and change when that is changed
 */
@Validated
@ConfigurationProperties("quotabank.custody")
record CustodyProperties(
        @NotNull Path publicKeysetFile, @Nullable Path fingerprintKeyFile) {}
