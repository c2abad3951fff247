package dev.understudy.lab;

import dev.understudy.lab.drills.Drill;
import dev.understudy.lab.drills.DrillArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Gives hosts the drill archive and installs the version of drills that works.
record InstallDrills(Machine machine, DrillArchive archive) {
    private static final String KEY = "etc/apt/keyrings/understudy-drills.gpg";
    private static final String SOURCE = "etc/apt/sources.list.d/understudy-drills.sources";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    void on(LabHost host, List<Drill> drills) {
        try {
            Path root = machine.root(host);
            Files.createDirectories(root.resolve(KEY).getParent());
            Files.copy(archive.publicKey(), root.resolve(KEY), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(root.resolve(SOURCE), DrillArchive.source("/" + KEY));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot give " + host.name() + " the drills", e);
        }
        var update = new ArrayList<>(List.of("apt-get", "-q", "update"));
        update.addAll(List.of("-o", "Dir::Etc::sourcelist=/" + SOURCE));
        update.addAll(List.of("-o", "Dir::Etc::sourceparts=-", "-o", "APT::Get::List-Cleanup=0"));
        Programs.run(LIMIT, machine.commandIn(host, update));
        var install = new ArrayList<>(List.of("apt-get", "-q", "-y", "install"));
        drills.forEach(drill -> install.add(drill.packageName() + "=1.0"));
        Programs.run(LIMIT, machine.commandIn(host, install));
        for (Drill drill : drills) {
            boolean answers = Waiting.until(Duration.ofSeconds(20), () -> answers(host, drill));
            if (!answers) {
                throw new LabException(
                        "%s on %s does not answer on port %d"
                                .formatted(drill.packageName(), host.name(), drill.port()));
            }
        }
    }

    private boolean answers(LabHost host, Drill drill) {
        var ask = List.of("curl", "-sfm", "5", "http://127.0.0.1:" + drill.port() + "/");
        return Programs.attempt(Duration.ofSeconds(10), machine.commandIn(host, ask)).succeeded();
    }
}
