package io.quotabank.proxy.upstream;

import java.time.Duration;
import java.util.List;

/** The real client, allowed to call this machine or not. */
public final class TestUpstream {

    public static UpstreamClient allowing(Duration silence, String... internal) {
        var properties = new UpstreamProperties(
                List.of(internal), Duration.ofSeconds(2), silence, 100, 1_000, Duration.ofSeconds(30));
        return new UpstreamClient(UpstreamConfiguration.http(properties), properties);
    }

    private TestUpstream() {}
}
