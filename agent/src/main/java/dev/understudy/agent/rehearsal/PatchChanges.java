package dev.understudy.agent.rehearsal;

import dev.understudy.agent.checkpoint.ChangeSet;
import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.checkpoint.Scope;
import dev.understudy.agent.checkpoint.UpperLayers.Stamp;
import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.twin.Twin;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the patch changes in the twin. What the host has at these paths is saved beside the checks,
/// as an apply would save it.
final class PatchChanges implements AutoCloseable {
    private final OrderId order;
    private final Plan plan;
    private final Place host;
    private final Twin twin;
    private final PackageManager hostPackages;
    private final Checkpoints checkpoints;
    private final Map<String, Stamp> before;
    private final Background<Scope> hostScope;
    private @Nullable Scope scope;
    private @Nullable Background<ChangeSet> saving;

    private PatchChanges(
            OrderId order,
            Plan plan,
            Place host,
            Twin twin,
            PackageManager hostPackages,
            Checkpoints checkpoints,
            Map<String, Stamp> before,
            Background<Scope> hostScope) {
        this.order = order;
        this.plan = plan;
        this.host = host;
        this.twin = twin;
        this.hostPackages = hostPackages;
        this.checkpoints = checkpoints;
        this.before = before;
        this.hostScope = hostScope;
    }

    /// Begins to watch a twin that is not patched yet.
    static PatchChanges before(
            OrderId order,
            Plan plan,
            Place host,
            Twin twin,
            Function<Place, PackageManager> managers,
            Checkpoints checkpoints,
            Path dataFolder)
            throws IOException {
        List<String> excluded = new ArrayList<>(twin.dataFolders());
        excluded.add(dataFolder.toString());
        return new PatchChanges(
                order,
                plan,
                host,
                twin,
                managers.apply(host),
                checkpoints,
                twin.upper().stamps(),
                Background.start("scope", () -> Scope.of(List.of(host.path("/")), excluded)));
    }

    /// What was changed until now.
    ChangeSet now() throws IOException, InterruptedException {
        return twin.upper().changedSince(before, scope());
    }

    /// Begins to save what the host has at the paths that the patch has changed so far. To be
    /// called once, when it is installed.
    void save() throws IOException, InterruptedException {
        scope();
        saving = Background.start("checkpoint", () -> save(now()));
    }

    /// Returns once all of these changes are saved. Services that were restarted may have changed
    /// more than was saved; then everything is saved again.
    ChangeSet saved(ChangeSet all) throws CheckpointException, InterruptedException {
        Background<ChangeSet> running = saving;
        boolean whole =
                running != null
                        && running.get(CheckpointException.class).changes().equals(all.changes());
        return whole ? all : save(all);
    }

    private ChangeSet save(ChangeSet changes) throws CheckpointException, InterruptedException {
        try {
            checkpoints.delete(order.toString());
            checkpoints.take(order.toString(), plan, changes, host, hostPackages, Optional.empty());
            return changes;
        } catch (IOException e) {
            throw new CheckpointException("the host's files cannot be saved: " + e, e);
        }
    }

    /// What the packages of the host and of the patched twin ship.
    private Scope scope() throws IOException, InterruptedException {
        Scope known = scope;
        if (known == null) {
            known = hostScope.get(IOException.class).and(twin.path("/"));
            scope = known;
        }
        return known;
    }

    @Override
    public void close() {
        Background<ChangeSet> running = saving;
        if (running != null) {
            running.close();
        }
        hostScope.close();
    }
}
