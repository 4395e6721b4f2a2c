package io.quotabank.platform.identity;

import io.quotabank.platform.problem.ProblemResponse;
import jakarta.servlet.DispatcherType;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * In a servlet service everything but the few exposed actuator endpoints wants a valid internal token, and
 * {@code /internal} a service's. The gateway routes neither {@code /actuator} nor {@code /internal}.
 */
@AutoConfiguration(
        after = IdentityConfiguration.class,
        afterName = "io.quotabank.platform.problem.ProblemConfiguration",
        beforeName = {
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({SecurityFilterChain.class, BearerTokenAuthenticationToken.class})
@EnableWebSecurity
class CallerConfiguration implements WebMvcConfigurer {

    // A bean also because Spring Boot makes up a user with a password where there is none.
    @Bean
    AuthenticationManager callers(InternalTokens tokens) {
        return new CallerAuthentication.Manager(tokens);
    }

    // Each of its filters would be observed for each request, and nobody reads that.
    @Bean
    SecurityObservationSettings securityObservationSettings() {
        return SecurityObservationSettings.noObservations();
    }

    // Each header would be matched against a pattern; Tomcat has refused control characters in them before.
    @Bean
    HttpFirewall httpFirewall() {
        var firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderNames(name -> true);
        firewall.setAllowedHeaderValues(value -> true);
        return firewall;
    }

    @Bean
    SecurityFilterChain internalTokensOnly(HttpSecurity http, AuthenticationManager callers, ProblemResponse problems) {
        AuthenticationEntryPoint unknown = (request, response, refused) -> {
            response.setHeader("WWW-Authenticate", "Bearer");
            problems.write(request, response, "unauthenticated");
        };
        AccessDeniedHandler refused = (request, response, denied) -> problems.write(request, response, "forbidden");
        return http.csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(
                                DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(
                                EndpointRequest.toAnyEndpoint(),
                                EndpointRequest.toAdditionalPaths(WebServerNamespace.SERVER, HealthEndpoint.class))
                        .permitAll()
                        .requestMatchers("/internal/**")
                        .access((authentication, request) -> new AuthorizationDecision(isService(authentication)))
                        .anyRequest()
                        .authenticated())
                .oauth2ResourceServer(server -> server.authenticationManagerResolver(request -> callers)
                        .bearerTokenResolver(
                                request -> InternalTokens.presented(request.getHeader(HttpHeaders.AUTHORIZATION)))
                        .authenticationEntryPoint(unknown)
                        .accessDeniedHandler(refused))
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(unknown).accessDeniedHandler(refused))
                .build();
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerArgument());
    }

    private static boolean isService(Supplier<? extends @Nullable Authentication> authentication) {
        return authentication.get() instanceof CallerAuthentication known
                && known.getPrincipal().isService();
    }
}
