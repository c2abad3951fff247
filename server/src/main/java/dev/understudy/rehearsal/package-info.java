/// Trial runs of a plan and its undo on a host's own twin: who asked, how far it is, the evidence,
/// and the verdict Passed, Failed or Inconclusive. Owns schema `rehearsal` and the event
/// [RehearsalFinished].
@NullMarked
package dev.understudy.rehearsal;

import org.jspecify.annotations.NullMarked;
