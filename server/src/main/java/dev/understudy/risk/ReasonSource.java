package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.List;
import java.util.Map;

/// Someone above who may know why a patch is not installed yet, such as the module that rolls out.
@FunctionalInterface
public interface ReasonSource {

    /// The reasons it knows, by patch; a patch that it knows nothing of is left out.
    Map<PatchId, Reason> reasons(HostId host, List<HostPatch> patches);
}
