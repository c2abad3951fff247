@NullMarked
package dev.understudy.agent.triage;

import org.jspecify.annotations.NullMarked;
