package dev.understudy.app;

import dev.understudy.api.DatabaseGate;
import dev.understudy.api.DescribeOperations;
import dev.understudy.api.PortGate;
import dev.understudy.api.ProblemValve;
import dev.understudy.api.RequestIds;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/// Wires the two ports: one for operators, one for agents.
@Configuration(proxyBeanMethods = false)
class WireWeb {
    /// The agents' connector; none when no module brought their TLS.
    record Agents(Optional<Connector> connector) {}

    private static final String LARGEST_UNREAD = Integer.toString(16 << 20);

    @Bean
    DescribeOperations describeOperations() {
        return new DescribeOperations();
    }

    @Bean
    Agents agentConnector(Settings settings, ObjectProvider<SSLContext> agentTls) {
        return new Agents(
                Optional.ofNullable(agentTls.getIfAvailable())
                        .map(tls -> AgentConnector.create(settings.agentListen(), tls)));
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> agentPort(Agents agents) {
        return factory -> agents.connector().ifPresent(factory::addAdditionalConnectors);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemValve() {
        return factory -> {
            factory.addContextCustomizers(
                    context -> context.getParent().getPipeline().addValve(new ProblemValve()));
            // Who sends a body that nobody reads gets to see the answer.
            factory.addConnectorCustomizers(
                    connector -> connector.setProperty("maxSwallowSize", LARGEST_UNREAD));
        };
    }

    @Bean
    Ports ports(Agents agents) {
        return new Ports(agents.connector().orElse(null));
    }

    @Bean
    FilterRegistrationBean<PortGate> portGate(Ports ports) {
        FilterRegistrationBean<PortGate> gate = new FilterRegistrationBean<>(new PortGate(ports));
        gate.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return gate;
    }

    @Bean
    FilterRegistrationBean<RequestIds> requestIds() {
        FilterRegistrationBean<RequestIds> ids = new FilterRegistrationBean<>(new RequestIds());
        ids.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return ids;
    }

    @Bean
    FilterRegistrationBean<DatabaseGate> databaseGate() {
        FilterRegistrationBean<DatabaseGate> gate =
                new FilterRegistrationBean<>(new DatabaseGate());
        gate.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return gate;
    }
}
