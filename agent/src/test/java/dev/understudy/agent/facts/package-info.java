@NullMarked
package dev.understudy.agent.facts;

import org.jspecify.annotations.NullMarked;
