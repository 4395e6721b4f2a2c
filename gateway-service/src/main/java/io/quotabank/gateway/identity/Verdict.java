package io.quotabank.gateway.identity;

import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.InternalTokens;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who is calling, or why that can't be said. */
public sealed interface Verdict {

    record Refused(Refusal refusal) implements Verdict {}

    /** A known caller together with the internal token that speaks for them, minted once per half minute. */
    final class Known implements Verdict {

        private record Minted(String authorization, long atNs) {}

        // Half of a token's life: whoever gets one has at least 30 s left to verify it.
        private static final long MINTED_FOR_NS = TimeUnit.SECONDS.toNanos(30);

        private final Caller caller;
        private final InternalTokens tokens;
        private final long place;
        private final boolean application;
        private volatile @Nullable Minted minted;

        Known(Caller caller, InternalTokens tokens) {
            this.caller = caller;
            this.tokens = tokens;
            var user = caller.userId();
            this.application = caller.isApplication();
            this.place = user.getMostSignificantBits() * 31 + user.getLeastSignificantBits();
        }

        public Caller caller() {
            return caller;
        }

        /** Whom this is a request of, as a number that is the same in every process: all that one user's callers share. */
        public long place() {
            return place;
        }

        /** True for another application, which signed in with a secret of its own. */
        public boolean application() {
            return application;
        }

        /** True for a person or an application that signed in, false for an access key. */
        public boolean signedIn() {
            return caller.accessKeyId() == null;
        }

        /** The value of the header {@code Authorization} towards our services. */
        public String authorization() {
            var current = minted;
            long now = System.nanoTime();
            if (current == null || now - current.atNs() > MINTED_FOR_NS) {
                current = new Minted("Bearer " + tokens.mint(caller), now);
                minted = current;
            }
            return current.authorization();
        }
    }
}
