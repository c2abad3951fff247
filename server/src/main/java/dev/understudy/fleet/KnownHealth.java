package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// What those who change hosts know of how they fare, beside what hosts tell of themselves.
public interface KnownHealth {
    /// All hosts that are being changed, with what is done to them, as in "is being patched".
    Map<HostId, String> atWork();

    /// Those of the hosts of which it is not known that their last change went well.
    List<Doubt> doubts(Collection<HostId> hosts);

    /// Those of the hosts that are still to be changed, with what is ahead of them.
    Map<HostId, String> ahead(Collection<HostId> hosts);

    /// A host that did not come well out of its last change.
    ///
    /// @param since since when
    /// @param healing whether a later inventory without failed units ends the doubt; if not, only a
    ///   person or a later change that goes well does
    /// @param sentence as in "could not be put back whole"
    record Doubt(HostId host, Instant since, boolean healing, String sentence) {}
}
