package dev.understudy.app;

import dev.understudy.api.AgentPort;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/// The ports that are open, also when the system chose them.
public final class Ports implements ApplicationListener<WebServerInitializedEvent>, AgentPort {
    private final @Nullable Connector agents;
    private volatile int operator;

    Ports(@Nullable Connector agents) {
        this.agents = agents;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        operator = event.getWebServer().getPort();
    }

    public int operator() {
        return operator;
    }

    public int agent() {
        return agents == null ? -1 : Objects.requireNonNull(agents).getLocalPort();
    }

    @Override
    public boolean is(int localPort) {
        return localPort == agent();
    }
}
