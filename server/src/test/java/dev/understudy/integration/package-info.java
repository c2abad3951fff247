@NullMarked
package dev.understudy.integration;

import org.jspecify.annotations.NullMarked;
