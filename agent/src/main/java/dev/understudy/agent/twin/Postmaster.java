package dev.understudy.agent.twin;

import java.io.IOException;

/// Where a running PostgreSQL can be asked, by the `postmaster.pid` in its data folder.
///
/// @param host the folder of its socket; empty where it has none, so that clients look where they
///   always do
record Postmaster(String host, String port) {
    private static final int PORT_LINE = 3;
    private static final int HOST_LINE = 4;

    /// Its lines are: process, data folder, start time, port, first socket folder, first address,
    /// shared memory, status.
    ///
    /// @throws IOException if it is cut off, as while the server starts, or something else
    static Postmaster parse(String text) throws IOException {
        String[] lines = text.split("\n", -1);
        if (lines.length <= HOST_LINE + 1) {
            throw new IOException("postmaster.pid is cut off");
        }
        String host = lines[HOST_LINE].strip();
        String port = lines[PORT_LINE].strip();
        if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
            throw new IOException("postmaster.pid has the port '%s'".formatted(port));
        }
        if (!host.matches("|[/@].*") || host.chars().anyMatch(Character::isISOControl)) {
            throw new IOException("postmaster.pid has the socket folder '%s'".formatted(host));
        }
        return new Postmaster(host, port);
    }
}
