@NullMarked
package dev.understudy.agent.link;

import org.jspecify.annotations.NullMarked;
