/// Package managers behind one port, `PackageManager`; `apt` is the first.
@NullMarked
package dev.understudy.agent.packages;

import org.jspecify.annotations.NullMarked;
