package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.util.List;

/// Which paths an installed package ships.
public final class PackageFiles {
    private PackageFiles() {}

    /// Every path, absolute, in the order of the package database.
    ///
    /// @throws IOException if the package database does not tell
    public static List<String> of(Place place, String name, String architecture)
            throws IOException {
        return new DpkgInfo(place, name, architecture).paths();
    }
}
