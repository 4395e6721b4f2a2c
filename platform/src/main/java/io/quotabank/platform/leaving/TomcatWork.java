package io.quotabank.platform.leaving;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.catalina.Container;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardWrapper;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/** The requests of a servlet service, as Tomcat itself counts them when it stops gracefully. */
final class TomcatWork implements Work {

    private final ApplicationContext context;

    TomcatWork(ApplicationContext context) {
        this.context = context;
    }

    // Whoever looks at readiness sends nothing more; whoever does not is served, as long as this process lives.
    @Override
    public void turnAway() {}

    @Override
    public boolean underWay() {
        return context instanceof WebServerApplicationContext web
                && web.getWebServer() instanceof TomcatWebServer server
                && Arrays.stream(server.getTomcat().getEngine().findChildren())
                        .flatMap(host -> Arrays.stream(host.findChildren()))
                        .anyMatch(TomcatWork::busy);
    }

    private static boolean busy(Container context) {
        return (context instanceof StandardContext servlets && servlets.getInProgressAsyncCount() > 0)
                || Stream.of(context.findChildren())
                        .anyMatch(wrapper -> ((StandardWrapper) wrapper).getCountAllocated() > 0);
    }
}
