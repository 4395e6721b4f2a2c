package io.quotabank.proxy;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;

/**
 * One jar, two roles ({@code quotabank.proxy.role}): {@code relay} carries requests, {@code usage-log} keeps their log.
 * A role takes the beans of its own features only, so no feature needs conditions of its own. For the same reason a
 * feature names its settings by {@code @EnableConfigurationProperties} on its own configuration class.
 */
@SpringBootApplication
@ComponentScan(
        excludeFilters = {
            @ComponentScan.Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class),
            @ComponentScan.Filter(type = FilterType.CUSTOM, classes = OtherRole.class)
        })
public class ProxyService {

    public static void main(String[] args) {
        SpringApplication.run(ProxyService.class, args);
    }
}
