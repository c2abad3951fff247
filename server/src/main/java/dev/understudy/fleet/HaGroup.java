package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import java.util.List;

/// Hosts that stand in for each other.
///
/// @param quorum how many of them have to stay in service
/// @param members those that are not retired, by id
public record HaGroup(String name, Share quorum, List<HostId> members) {
    public HaGroup {
        members = List.copyOf(members);
    }

    /// How many members may be out of service at once; none if the quorum needs all of them.
    public int mayBeOut() {
        return mayBeOut(quorum, members.size());
    }

    static int mayBeOut(Share quorum, int members) {
        return Math.max(0, members - quorum.atLeastOf(members));
    }
}
