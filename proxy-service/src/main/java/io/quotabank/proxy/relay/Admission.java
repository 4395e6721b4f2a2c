package io.quotabank.proxy.relay;

import io.quotabank.proxy.body.InputTokens;
import io.quotabank.proxy.body.RequestBody;
import io.quotabank.proxy.catalog.PricedModel;
import org.jspecify.annotations.Nullable;

/** What comes of a request before anything is sent for it. */
sealed interface Admission {

    /**
     * @param outputLimit the output limit that makes it affordable, where the client set none; else null
     * @param expectedOutput output tokens to count against the limits of keys
     */
    record Admitted(
            Endpoint endpoint,
            RequestBody body,
            PricedModel price,
            boolean stream,
            boolean usageAsked,
            InputTokens input,
            @Nullable Long outputLimit,
            long expectedOutput,
            Bill bill)
            implements Admission {

        /** The most output tokens that the answer may have: no more than was reserved for, whatever limit was sent. */
        long mostOutput() {
            long model = price.model().maxOutputTokens();
            var own = body.outputLimit();
            long each = own != null ? Math.min(own, model) : outputLimit != null ? outputLimit : model;
            return each * body.outputs();
        }
    }

    record Refused(Refusal refusal) implements Admission {}
}
