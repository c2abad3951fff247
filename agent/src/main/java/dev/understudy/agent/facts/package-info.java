/// What the agent tells the control plane about its host.
@NullMarked
package dev.understudy.agent.facts;

import org.jspecify.annotations.NullMarked;
