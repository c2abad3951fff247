package dev.understudy.agent.apply;

import dev.understudy.agent.hooks.Hooks;
import dev.understudy.agent.hooks.OwnerHooks;
import dev.understudy.agent.orders.Attempt;
import dev.understudy.agent.twin.KeptData;
import dev.understudy.protocol.OrderBody;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Has the owner's hook back up, before the first change, what an undo does not put back. Done
/// again after an interruption, since nothing has changed until then.
final class BackUp {
    private final ManagedHost host;
    private final Hooks hooks;
    private final Attempt attempt;
    private final OrderBody.Apply order;
    private final List<String> notes = new ArrayList<>();
    private boolean ran;

    BackUp(ManagedHost host, Attempt attempt, OrderBody.Apply order) {
        this.host = host;
        this.hooks = host.hooks();
        this.attempt = attempt;
        this.order = order;
    }

    /// Backs up the data of the servers that the plan touches, where there are any and the owner
    /// has a hook for it.
    ///
    /// @return why the plan may not be applied; empty if it may
    Optional<String> first() throws InterruptedException {
        List<KeptData> data;
        try {
            data = host.keptData(order.plan());
        } catch (IOException e) {
            String unknown = "whose data the plan touches is not known: " + e.getMessage();
            notes.add(unknown);
            return hooks.backsUp() ? Optional.of(unknown) : Optional.empty();
        }
        if (data.isEmpty()) {
            return Optional.empty();
        }
        if (!hooks.backsUp()) {
            data.forEach(each -> notes.add(each.sentence() + "; " + OwnerHooks.NO_BACKUP));
            return Optional.empty();
        }
        List<String> units = data.stream().map(KeptData::unit).toList();
        attempt.progress("backup", String.join(", ", units));
        ran = true;
        return hooks.backup(attempt.id(), units, order.limit());
    }

    /// Whether the owner's hook was run.
    boolean ran() {
        return ran;
    }

    /// What the owner is to know, in sentences.
    List<String> notes() {
        return List.copyOf(notes);
    }
}
