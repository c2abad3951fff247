package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Someone above who may know why a patch is not installed yet, such as the module that rolls out.
@FunctionalInterface
public interface ReasonSource {

    /// The reasons it knows, by patch; a patch that it knows nothing of is left out.
    Map<PatchId, Reason> reasons(HostId host, List<HostPatch> patches);

    /// A host that is asked about, and what is pending on it.
    record Asked(HostId host, String group, List<HostPatch> patches) {}

    /// The same of many hosts. One that asks a database does so once for all.
    default Map<HostId, Map<PatchId, Reason>> reasons(Collection<Asked> hosts) {
        Map<HostId, Map<PatchId, Reason>> reasons = new HashMap<>();
        hosts.forEach(each -> reasons.put(each.host(), reasons(each.host(), each.patches())));
        return reasons;
    }

    /// The hosts of which it may know another reason than of others that have the same patches
    /// before them and are in the same group.
    default Set<HostId> apart(Set<PatchId> patches) {
        return Set.of();
    }
}
