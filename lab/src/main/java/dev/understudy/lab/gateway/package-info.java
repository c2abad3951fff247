/// The lab's gateway: the only thing hosts can reach. It fetches packages for them, hands their
/// agents' connections to the control plane, and injects network faults.
@NullMarked
package dev.understudy.lab.gateway;

import org.jspecify.annotations.NullMarked;
