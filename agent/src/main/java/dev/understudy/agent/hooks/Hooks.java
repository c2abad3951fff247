package dev.understudy.agent.hooks;

import dev.understudy.protocol.OrderId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How the owner of the host takes it out of service and back, and backs up what an undo does not
/// put back.
public interface Hooks {
    /// Whether the owner wants the host out of service while it is changed.
    boolean present();

    /// Takes the host out of service.
    ///
    /// @return why it is not, or may not be, out of service; empty if it is
    Optional<String> drain(OrderId order) throws InterruptedException;

    /// Takes the host into service again.
    ///
    /// @return why it is not, or may not be, in service; empty if it is
    Optional<String> undrain(OrderId order) throws InterruptedException;

    /// Whether the owner wants data backed up before they may be changed.
    boolean backsUp();

    /// Backs up the data of these units.
    ///
    /// @param limit how long it may take
    /// @return why they are not, or may not be, backed up; empty if they are
    Optional<String> backup(OrderId order, List<String> units, Duration limit)
            throws InterruptedException;
}
