package io.quotabank.proxy.relay;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.trace.LateSpans;
import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.custody.Custody;
import io.quotabank.proxy.metering.Tokenizers;
import io.quotabank.proxy.models.Models;
import io.quotabank.proxy.presence.Presences;
import io.quotabank.proxy.room.Room;
import io.quotabank.proxy.routing.Routing;
import io.quotabank.proxy.spending.Spending;
import io.quotabank.proxy.upstream.UpstreamClient;
import java.time.Clock;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RelayProperties.class)
class RelayConfiguration {

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> manyStreams() {
        return tomcat -> tomcat.setProtocol(StreamProtocol.class.getName());
    }

    @Bean
    Tokenizers tokenizers() {
        return new Tokenizers();
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> tokenizersLoadedOnceReady(Tokenizers tokenizers) {
        // A platform thread: it reads from the jar for long. A virtual one that is next for the jar's lock can't run
        // while every carrier is pinned by a class that waits for the same lock; then nobody ever runs again.
        return ready -> Thread.ofPlatform().daemon().name("load-tokenizer").start(tokenizers::load);
    }

    @Bean
    ServletRegistrationBean<RelayServlet> relay(
            InternalTokens tokens,
            Catalog catalog,
            Spending spending,
            Tokenizers tokenizers,
            Routing routing,
            Custody custody,
            UpstreamClient upstream,
            Presences presences,
            Room room,
            RelayProperties properties,
            MeterRegistry registry,
            LateSpans spans,
            Ids ids,
            Clock clock) {
        var meters = new RelayMeters(registry);
        var servlet = new RelayServlet(
                tokens,
                new Admissions(catalog, spending, tokenizers, properties, clock),
                new Carrier(routing, custody, upstream, tokenizers, properties, meters),
                new Models(catalog, routing),
                presences,
                room,
                properties,
                meters,
                new RelaySpans(spans),
                ids,
                clock);
        var registration = new ServletRegistrationBean<>(servlet, RelayServlet.PATHS.toArray(String[]::new));
        registration.setName(RelayServlet.NAME);
        registration.setLoadOnStartup(1);
        return registration;
    }
}
