package dev.understudy.rollout;

import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tells that hosts failed by not being heard of any more, which no report of theirs says.
final class TellSilent {
    /// How such a host ended, beside the names of states.
    static final String SILENT = "Silent";

    private final Outbox outbox;

    TellSilent(Outbox outbox) {
        this.outbox = outbox;
    }

    /// @param news what was just written into the record
    void of(List<Deployment> members, List<Entry> news) {
        Map<HostId, Deployment> hosts = new HashMap<>();
        members.forEach(d -> hosts.put(d.host(), d));
        for (Entry entry : news) {
            if (entry instanceof Entry.Judged one
                    && (one.outcome() == Outcome.FAILED || one.outcome() == Outcome.FAILED_LATER)) {
                Deployment d = hosts.get(one.host());
                if (d != null && d.failure().isEmpty()) {
                    outbox.publish(
                            new DeploymentEnded(
                                    d.rollout(),
                                    d.host(),
                                    d.plan() == null ? List.of() : d.getPlan().patches(),
                                    SILENT,
                                    one.why()));
                }
            }
        }
    }
}
