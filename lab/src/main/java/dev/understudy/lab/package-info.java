/// Real Debian hosts on one machine: systemd containers over a shared base, each with its own disk,
/// network and address, and one gateway as their only way out.
@NullMarked
package dev.understudy.lab;

import org.jspecify.annotations.NullMarked;
