package io.quotabank.proxy.presence;

import java.time.Duration;
import org.apache.catalina.Context;

/** The real watch, looking often, on a Tomcat that was set up by hand. */
public final class TestPresences {

    public static Presences on(Context context) {
        context.getPipeline().addValve(new ConnectionValve());
        return new Presences(Duration.ofMillis(50));
    }

    private TestPresences() {}
}
