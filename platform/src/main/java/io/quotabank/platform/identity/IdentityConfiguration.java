package io.quotabank.platform.identity;

import feign.RequestInterceptor;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.web.RequestId;
import java.time.Clock;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@AutoConfiguration(afterName = "io.quotabank.platform.id.IdConfiguration")
@EnableConfigurationProperties(IdentityProperties.class)
class IdentityConfiguration {

    @Bean
    InternalTokens internalTokens(IdentityProperties properties, Clock clock) {
        return new InternalTokens(properties, clock);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestInterceptor.class)
    static class FeignConfiguration {

        @Bean
        RequestInterceptor callAsThisService(InternalTokens tokens, Ids ids) {
            return request -> {
                var requestId = MDC.get(RequestId.MDC_KEY);
                request.header("Authorization", "Bearer " + tokens.forThisService());
                request.header(RequestId.HEADER, requestId == null ? ids.next().toString() : requestId);
            };
        }
    }
}
