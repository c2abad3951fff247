/// What the agent is told to do and whether it does it: the gate that judges every order, the
/// owner's own policy, the journal on disk, and the runner that brings each order to an end, also
/// after a crash. State lives in `DATA/journal/`.
@NullMarked
package dev.understudy.agent.orders;

import org.jspecify.annotations.NullMarked;
