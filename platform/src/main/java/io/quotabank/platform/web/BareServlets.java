package io.quotabank.platform.web;

import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;

/**
 * The servlets that do without the shared filters (identity, bounds, observation), because they do all that themselves
 * at a fraction of the cost. Filters are mapped to the other servlet by its name and not by path: what the container
 * maps there can't slip past them by a clever path. A servlet that is not named as bare stops the start.
 */
public final class BareServlets implements BeanPostProcessor {

    private static final String FILTERED = "dispatcherServlet";

    private final Set<String> names;

    BareServlets(Set<String> names) {
        this.names = Set.copyOf(names);
    }

    public boolean include(String servlet) {
        return names.contains(servlet);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (names.isEmpty()) {
            return bean;
        }
        if (bean instanceof AbstractFilterRegistrationBean<?> filter
                && filter.getUrlPatterns().isEmpty()) {
            filter.setServletNames(List.of(FILTERED));
        }
        if (bean instanceof ServletRegistrationBean<?> servlet
                && !servlet.getServletName().equals(FILTERED)
                && !names.contains(servlet.getServletName())) {
            throw new IllegalStateException("servlet " + servlet.getServletName()
                    + " is not among quotabank.web.bare-servlets, and no filter would guard it");
        }
        return bean;
    }
}
