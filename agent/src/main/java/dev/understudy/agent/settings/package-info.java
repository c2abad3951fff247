/// The files that the host's owner writes for the agent. They are read strictly: a member that is
/// not known or a value that cannot be used is an error that names the file, the member and the
/// line, never a silent default.
@NullMarked
package dev.understudy.agent.settings;

import org.jspecify.annotations.NullMarked;
