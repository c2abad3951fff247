package dev.understudy.lab;

import java.net.URI;

/// Where Debian's packages come from: the main archive and the security archive.
record Mirror(URI archive, URI security) {
    /// The sources of a host. It speaks plain http to the gateway, which speaks https itself where
    /// the mirror wants it; packages are signed either way.
    String sourcesList(String suite) {
        return """
        deb %2$s %1$s main
        deb %2$s %1$s-updates main
        deb %3$s %1$s-security main
        """
                .formatted(suite, plain(archive), plain(security));
    }

    static String plain(URI uri) {
        return "http://" + uri.getRawAuthority() + uri.getRawPath();
    }
}
