package dev.understudy.api;

import dev.understudy.governance.Operators;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Who may ask what. Everything needs an operator, except health, what a console link opens, the
/// console's own files, and the agents' endpoint, whose handlers ask for a client certificate
/// themselves. Roles are checked by [RoleGate].
@Configuration(proxyBeanMethods = false)
public class Security implements WebMvcConfigurer {
    private static final String POLICY =
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
                    + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    /// Addresses that could mean another path to somebody behind us.
    @Bean
    RequestRejectedHandler rejectedAddresses() {
        return (_, response, e) ->
                ProblemJson.write(response, 400, "request-invalid", String.valueOf(e.getMessage()));
    }

    @Bean
    SecurityFilterChain securityFilterChain(HttpSecurity http, Operators operators) {
        return http.csrf(AbstractHttpConfigurer::disable) // see OperatorFilter
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(
                        session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(
                        headers ->
                                headers.contentSecurityPolicy(csp -> csp.policyDirectives(POLICY))
                                        // Sent over HTTPS only; other services of the same
                                        // domain are none of our business.
                                        .httpStrictTransportSecurity(
                                                hsts -> hsts.includeSubDomains(false)))
                .addFilterBefore(new OperatorFilter(operators), AuthorizationFilter.class)
                .authorizeHttpRequests(
                        requests ->
                                requests.requestMatchers(
                                                "/agent/**",
                                                "/actuator/health/**",
                                                "/console/enter/**",
                                                "/webjars/**",
                                                "/assets/**",
                                                "/error")
                                        .permitAll()
                                        .anyRequest()
                                        .authenticated())
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(Security::askForToken))
                .build();
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RoleGate()).excludePathPatterns("/agent/**");
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new OperatorArgument());
    }

    private static void askForToken(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        ProblemJson.write(
                response,
                401,
                "not-signed-in",
                "Send a valid token as 'Authorization: Bearer TOKEN', or open the console with a"
                        + " fresh link ('understudy console').");
    }
}
