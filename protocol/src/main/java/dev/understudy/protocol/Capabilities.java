package dev.understudy.protocol;

import java.util.List;

/// What this agent can do on this host, and why not.
///
/// @param packageManager `apt`, `dnf`, `zypper`, or `none`
/// @param twin whether a copy-on-write twin can be made here; `twinReason` says why not (empty if
///   so)
/// @param mode the host owner's local limit: the agent never does more than this
/// @param refusals what the local policy file refuses, in the owner's words, for people to read
public record Capabilities(
        String packageManager, boolean twin, String twinReason, Mode mode, List<String> refusals) {

    /// The most that the host's owner lets the agent do.
    public enum Mode {
        /// Nothing on the host is ever changed.
        OBSERVE,
        /// Orders are carried out.
        MANAGED
    }

    public Capabilities {
        Require.text(packageManager, "packageManager", 32);
        Require.length(twinReason, "twinReason", 1024);
        Require.present(mode, "mode");
        refusals = List.copyOf(refusals);
    }
}
