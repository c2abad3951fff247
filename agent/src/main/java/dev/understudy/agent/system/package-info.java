/// What the kernel and systemd say of a place: processes, units, sockets, file systems, kernels.
/// Reads files of `/proc` and properties of units, never text meant for people.
@NullMarked
package dev.understudy.agent.system;

import org.jspecify.annotations.NullMarked;
