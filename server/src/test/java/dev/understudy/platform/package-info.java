@NullMarked
package dev.understudy.platform;

import org.jspecify.annotations.NullMarked;
