package dev.understudy.app;

import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/// What the server says once it can be used.
final class Ready {
    private static final Logger LOG = LoggerFactory.getLogger(Ready.class);

    private Ready() {}

    static void print(WebServerApplicationContext context, PrintStream out) {
        Settings settings = context.getBean(Settings.class);
        Ports ports = context.getBean(Ports.class);
        String scheme = settings.operatorTls().isPresent() ? "https" : "http";
        if (settings.log() == Settings.Log.ECS) {
            // Nothing but JSON shall be on the console then.
            LOG.info(
                    "Understudy is ready: operators {}://{}:{}, agents https://{}:{}, data {}",
                    scheme,
                    settings.operatorListen().address().getHostAddress(),
                    ports.operator(),
                    settings.agentListen().address().getHostAddress(),
                    ports.agent(),
                    settings.data());
            return;
        }
        out.printf(
                "Understudy is ready.%n  operators  %s://%s:%d%n  agents     https://%s:%d%n"
                        + "  data       %s (an operator's token: operator.token)%n",
                scheme,
                settings.operatorListen().address().getHostAddress(),
                ports.operator(),
                settings.agentListen().address().getHostAddress(),
                ports.agent(),
                settings.data());
        out.flush();
    }
}
