package dev.understudy.agent.hooks;

import dev.understudy.protocol.OrderId;
import java.util.Optional;

/// How the owner of the host takes it out of service and back.
public interface Hooks {
    /// Whether the owner wants either.
    boolean present();

    /// Takes the host out of service.
    ///
    /// @return why it is not, or may not be, out of service; empty if it is
    Optional<String> drain(OrderId order) throws InterruptedException;

    /// Takes the host into service again.
    ///
    /// @return why it is not, or may not be, in service; empty if it is
    Optional<String> undrain(OrderId order) throws InterruptedException;
}
