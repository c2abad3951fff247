@NullMarked
package dev.understudy.learning;

import org.jspecify.annotations.NullMarked;
