package dev.understudy.agent;

import java.util.Optional;

/// The agent's version, from the manifest of its jar.
final class Version {
    static final String NUMBER =
            Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                    .orElse("unpackaged");

    private Version() {}
}
