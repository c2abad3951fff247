@NullMarked
package dev.understudy.api;

import org.jspecify.annotations.NullMarked;
