package dev.understudy.api;

import dev.understudy.fleet.AgentTls;
import dev.understudy.fleet.TestFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/// The agent endpoint on a real TLS port of the loopback interface.
final class AgentServer implements AutoCloseable {
    private final Tomcat tomcat = new Tomcat();
    private final Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");

    AgentServer(TestFleet fleet, InstantSource clock, Path folder) throws Exception {
        AgentTls tls = new AgentTls(fleet.authority, clock, List.of("localhost", "127.0.0.1"));
        connector.setPort(0);
        connector.setScheme("https");
        connector.setSecure(true);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(hostConfig(tls.context()));
        tomcat.setBaseDir(Files.createDirectories(folder).toString());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", folder.toString());
        Wrapper dispatcher =
                Tomcat.addServlet(
                        context, "dispatcher", new DispatcherServlet(spring(fleet, clock)));
        dispatcher.setLoadOnStartup(1);
        dispatcher.addMapping("/");
        tomcat.start();
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }

    private static AnnotationConfigWebApplicationContext spring(
            TestFleet fleet, InstantSource clock) {
        AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
        spring.register(Mvc.class, Problems.class);
        spring.addBeanFactoryPostProcessor(
                beans ->
                        beans.registerSingleton(
                                "agentEndpoint",
                                new AgentEndpoint(
                                        fleet.enrolments,
                                        fleet.certificates,
                                        fleet.checkIns,
                                        fleet.inventoryIntake,
                                        clock)));
        return spring;
    }

    private static SSLHostConfig hostConfig(SSLContext tls) {
        SSLHostConfig config = new SSLHostConfig();
        config.setProtocols("TLSv1.3+TLSv1.2");
        config.setCertificateVerification("optional");
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(config, SSLHostConfigCertificate.Type.EC);
        certificate.setSslContext(new Given(tls));
        config.addCertificate(certificate);
        return config;
    }

    /// The least that controllers need.
    @EnableWebMvc
    static class Mvc {}

    /// A context of the JDK as Tomcat wants to see it.
    private record Given(SSLContext context) implements org.apache.tomcat.util.net.SSLContext {
        @Override
        public void init(
                KeyManager @Nullable [] keys,
                TrustManager @Nullable [] trust,
                @Nullable SecureRandom random) {
            throw new IllegalStateException("this context came ready");
        }

        @Override
        public void destroy() {}

        @Override
        public SSLSessionContext getServerSessionContext() {
            return Objects.requireNonNull(context.getServerSessionContext());
        }

        @Override
        public SSLEngine createSSLEngine() {
            return context.createSSLEngine();
        }

        @Override
        public SSLServerSocketFactory getServerSocketFactory() {
            return context.getServerSocketFactory();
        }

        @Override
        public SSLParameters getSupportedSSLParameters() {
            return context.getSupportedSSLParameters();
        }

        @Override
        public X509Certificate[] getCertificateChain(@Nullable String alias) {
            return new X509Certificate[0];
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
