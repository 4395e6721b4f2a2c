package io.quotabank.proxy.upstream;

import java.time.Duration;
import java.util.List;

/** The real client, allowed to call this machine or not. */
public final class TestUpstream {

    /** @param silence the longest silence in a stream */
    public static UpstreamClient allowing(Duration silence, String... internal) {
        return allowing(silence, Duration.ofSeconds(30), internal);
    }

    public static UpstreamClient allowing(Duration silence, Duration answerSilence, String... internal) {
        var properties = new UpstreamProperties(
                List.of(internal), Duration.ofSeconds(2), silence, answerSilence, 100, 1_000, Duration.ofSeconds(30));
        return new UpstreamClient(UpstreamConfiguration.http(properties), properties);
    }

    private TestUpstream() {}
}
