package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/// What makes a host its own before it first boots: name, identity, keys, package sources.
record HostSetup(LabSettings lab) {
    /// Sets the host up unless it is.
    void prepare(LabHost host, Path root) {
        Path done = root.resolve("var/lib/misc/understudy-lab");
        if (Files.exists(done)) {
            return;
        }
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
                Files.writeString(root.resolve(text.getKey()), text.getValue());
            }
            Programs.run("chroot", root.toString(), "ssh-keygen", "-A");
            Files.writeString(done, "");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot set up " + host.name(), e);
        }
    }
}
