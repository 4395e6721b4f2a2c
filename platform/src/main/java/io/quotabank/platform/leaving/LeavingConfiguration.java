package io.quotabank.platform.leaving;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@AutoConfiguration
@EnableConfigurationProperties(LeavingProperties.class)
class LeavingConfiguration {

    @Bean
    Leaving leaving(ApplicationContext context, ObjectProvider<Work> works, LeavingProperties properties) {
        // Asked for late: whoever has work under way wants to know, in turn, whether this process leaves.
        return new Leaving(context, works::stream, properties, Thread::sleep);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TomcatWebServer.class)
    static class OfTomcat {
        @Bean
        Work tomcatWork(ApplicationContext context) {
            return new TomcatWork(context);
        }
    }
}
