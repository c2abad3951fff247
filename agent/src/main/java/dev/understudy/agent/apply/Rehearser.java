package dev.understudy.agent.apply;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.rehearsal.StoredRehearsal;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// Rehearses on a twin and remembers what came of it.
public interface Rehearser {
    RehearsalResult rehearse(
            OrderId order, OrderBody.Rehearse rehearse, Consumer<Report.Progress> progress)
            throws InterruptedException;

    Optional<StoredRehearsal> find(OrderId order) throws IOException, CheckpointException;
}
