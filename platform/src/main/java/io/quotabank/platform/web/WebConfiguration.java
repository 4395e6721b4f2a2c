package io.quotabank.platform.web;

import io.quotabank.platform.id.Ids;
import io.quotabank.platform.problem.ProblemResponse;
import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

@AutoConfiguration(
        afterName = {"io.quotabank.platform.id.IdConfiguration", "io.quotabank.platform.problem.ProblemConfiguration"})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(WebProperties.class)
class WebConfiguration {

    @Bean
    BareServlets bareServlets(WebProperties properties) {
        return new BareServlets(properties.bareServlets());
    }

    @Bean
    FilterRegistrationBean<Filter> requestFilter(
            WebProperties properties, BareServlets bare, Ids ids, ProblemResponse problems) {
        var filter =
                new RequestFilter(bare, ids, problems, properties.bodyLimit().toBytes());
        var registration = new FilterRegistrationBean<Filter>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setAsyncSupported(true);
        return registration;
    }
}
