package dev.understudy.app;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// An address and port to listen on; port 0 lets the system choose.
public record Listen(InetAddress address, int port) {
    public Listen {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port %d; expected 0 to 65535".formatted(port));
        }
    }

    /// Reads `HOST:PORT` or `[IPV6]:PORT`.
    static Listen parse(String option, String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new SettingsException(option, text, "HOST:PORT");
        }
        String host = text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        try {
            return new Listen(
                    InetAddress.getAllByName(host)[0], Integer.parseInt(text.substring(colon + 1)));
        } catch (UnknownHostException _) {
            throw new SettingsException(option, text, "a host that can be resolved, and a port");
        } catch (IllegalArgumentException _) {
            throw new SettingsException(option, text, "HOST:PORT with a port from 0 to 65535");
        }
    }

    boolean isLoopback() {
        return address.isLoopbackAddress();
    }
}
