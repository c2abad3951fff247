package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.health.UnitFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// The data of a database server that runs on the host. A checkpoint does not hold it, and an undo
/// does not put it back: what a patch migrates there, only its owner's backup brings back.
///
/// @param unit what runs the server
/// @param folders where its data is
public record KeptData(String unit, List<String> folders) {
    public KeptData {
        folders = List.copyOf(folders);
    }

    /// The data of those servers whose program or unit file is in one of these packages.
    ///
    /// @throws IOException if a server ended while it was looked at
    public static List<KeptData> touchedBy(Set<String> packages, Place host)
            throws IOException, InterruptedException {
        List<KeptData> touched = new ArrayList<>();
        UnitFiles files = new UnitFiles(host);
        for (Database database : Database.running(host)) {
            String program =
                    Files.readSymbolicLink(host.path("/proc/" + database.pid() + "/exe"))
                            .toString();
            boolean isTouched =
                    !Collections.disjoint(files.ownersOf(List.of(program)), packages)
                            || !Collections.disjoint(files.of(database.unit()).owners(), packages);
            if (isTouched) {
                touched.add(
                        new KeptData(
                                database.unit(),
                                database.folders().stream().map(Path::toString).toList()));
            }
        }
        return touched;
    }

    /// For people: whose data it is and what an undo does not do.
    public String sentence() {
        return "%s keeps its data in %s, which an undo does not put back"
                .formatted(unit, String.join(", ", folders));
    }
}
