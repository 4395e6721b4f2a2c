package io.quotabank.platform.web;

import io.quotabank.platform.id.Ids;
import io.quotabank.platform.problem.ProblemResponse;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.Set;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

@AutoConfiguration(
        afterName = {"io.quotabank.platform.id.IdConfiguration", "io.quotabank.platform.problem.ProblemConfiguration"})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(WebProperties.class)
class WebConfiguration {

    @Bean
    static BareServlets bareServlets(Environment environment) {
        return new BareServlets(Binder.get(environment)
                .bind("quotabank.web.bare-servlets", Bindable.setOf(String.class))
                .orElse(Set.of()));
    }

    @Bean
    FilterRegistrationBean<Filter> requestFilter(WebProperties properties, Ids ids, ProblemResponse problems) {
        var filter = new RequestFilter(ids, problems, properties);
        var registration = new FilterRegistrationBean<Filter>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ERROR);
        return registration;
    }
}
