@NullMarked
package dev.understudy.protocol.version;

import org.jspecify.annotations.NullMarked;
