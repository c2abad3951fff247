/// Beside the server's package of the same name, to fill what it keeps of a fleet's inventories by
/// its own code.
@NullMarked
package dev.understudy.fleet;

import org.jspecify.annotations.NullMarked;
