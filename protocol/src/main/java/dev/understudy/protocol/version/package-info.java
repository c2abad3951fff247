/// Which of two versions is newer, as the package managers themselves have it. Text in, no
/// framework, nothing but the JDK: agent and control plane answer alike.
@NullMarked
package dev.understudy.protocol.version;

import org.jspecify.annotations.NullMarked;
