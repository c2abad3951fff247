/// Carrying orders out on the host itself: apply a plan and undo it if it does harm, restore,
/// restart, reboot. Each flow writes the journal before every step that cannot be taken back, and
/// can be taken up from there.
@NullMarked
package dev.understudy.agent.apply;

import org.jspecify.annotations.NullMarked;
