@NullMarked
package dev.understudy.agent.files;

import org.jspecify.annotations.NullMarked;
