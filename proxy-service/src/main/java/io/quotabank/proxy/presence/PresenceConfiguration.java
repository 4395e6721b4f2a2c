package io.quotabank.proxy.presence;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PresenceProperties.class)
class PresenceConfiguration {

    @Bean
    Presences presences(PresenceProperties properties) {
        return new Presences(properties.lookEvery());
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> connectionsHandedOn() {
        return tomcat -> tomcat.addContextValves(new ConnectionValve());
    }
}
