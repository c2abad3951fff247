package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/// The files that make a host its own: name, identity, package sources.
record HostSetup(LabSettings lab) {
    /// Writes the files into a folder, from which they are copied before the host first boots.
    void write(LabHost host, Path folder) {
        String gateway = lab.subnet().gateway();
        var texts =
                Map.of(
                        "etc/hostname",
                        host.name() + "\n",
                        "etc/machine-id",
                        UUID.randomUUID().toString().replace("-", "") + "\n",
                        "etc/hosts",
                        """
                        127.0.0.1 localhost
                        127.0.1.1 %s
                        %s lab-gateway
                        """
                                .formatted(host.name(), gateway),
                        "etc/apt/sources.list",
                        lab.mirror().sourcesList(host.suite()),
                        "etc/apt/apt.conf.d/00lab-proxy",
                        "Acquire::http::Proxy \"http://%s:%d\";\n"
                                .formatted(gateway, LabSettings.PROXY_PORT));
        try {
            for (var text : texts.entrySet()) {
                Path file = folder.resolve(text.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, text.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot set up " + host.name(), e);
        }
    }
}
