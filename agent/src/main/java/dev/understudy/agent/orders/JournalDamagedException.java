package dev.understudy.agent.orders;

import java.io.IOException;
import java.nio.file.Path;

/// The journal holds a line that was not written so. What happened on this host is then not known,
/// and the agent does nothing until a person has looked.
public final class JournalDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    JournalDamagedException(Path file, int line, String why) {
        super(
                """
                The journal %1$s is damaged in line %2$d: %3$s. The agent does nothing until a \
                person has looked. If the host is well, move the file away (mv %1$s %1$s.damaged) \
                and enrol the host again.\
                """
                        .formatted(file, line, why));
    }
}
