package io.quotabank.proxy.relay;

import io.quotabank.platform.identity.Caller;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for what, before anything is read of the body.
 *
 * @param requestId ours, in every record and in the answer
 * @param clientRequestId the caller's own id for the request, where it sent a sane one
 * @param traceparent the W3C trace context that came in
 * @param forwarded the caller's headers that go upstream
 */
record RelayRequest(
        UUID requestId,
        Caller caller,
        UUID userId,
        @Nullable String clientRequestId,
        @Nullable String traceparent,
        Map<String, String> forwarded,
        long startedAtMs,
        long startedNanos) {}
