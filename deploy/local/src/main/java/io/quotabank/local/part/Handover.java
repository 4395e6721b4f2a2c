package io.quotabank.local.part;

import java.time.Duration;
import java.util.Map;

/** How an instance of a service of which several run leaves its work to the others when it stops. */
final class Handover {

    /** Longer than the others take to notice: they look every half second, and wait for an answer for one. */
    static final Duration ANNOUNCE = Duration.ofSeconds(3);

    /** The longest request that there is. */
    static final Duration DRAIN = Duration.ofMinutes(11);

    static Map<String, String> settings() {
        return Map.of(
                "quotabank.leaving.announce", ANNOUNCE.toSeconds() + "s",
                "quotabank.leaving.drain", DRAIN.toMinutes() + "m");
    }

    private Handover() {}
}
