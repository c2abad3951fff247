package dev.understudy.agent.rehearsal;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether the package manager would do just what the plan says, on the host as it is. The question
/// keeps a processor busy for a while, so it is asked beside the installation in the twin; if the
/// answer is no, what happened there says nothing for or against the patch.
final class Exactness implements AutoCloseable {
    private final PackageManager manager;
    private final Plan plan;
    private @Nullable Background<Answer> asking;

    Exactness(PackageManager manager, Plan plan) {
        this.manager = manager;
        this.plan = plan;
    }

    /// @param basis what the package manager decided by; empty if it changed meanwhile
    private record Answer(List<PackageChange> changes, String basis) {}

    /// What came of it.
    ///
    /// @param extra what would be changed beyond the plan
    /// @param doubts why it is not exact, in sentences; none if it is
    /// @param basis what the package manager decided by; empty if it is not exact, or if that
    ///   changed meanwhile
    record Outcome(List<PackageChange> extra, List<String> doubts, String basis) {
        boolean exact() {
            return doubts.isEmpty();
        }
    }

    /// Begins to ask, once.
    void begin() {
        if (asking == null) {
            asking = Background.start("simulate", this::ask);
        }
    }

    /// Waits for the answer.
    Outcome outcome() throws PackageManagerException, InterruptedException {
        begin();
        Background<Answer> running = asking;
        if (running == null) {
            throw new IllegalStateException("nothing was asked");
        }
        Answer answer = running.get(PackageManagerException.class);
        Set<String> planned = sentences(plan.changes());
        Set<String> simulated = sentences(answer.changes());
        List<PackageChange> extra =
                new TreeSet<>(answer.changes())
                        .stream().filter(c -> !planned.contains(c.toString())).toList();
        List<String> doubts = new ArrayList<>();
        if (!extra.isEmpty()) {
            doubts.add("The package manager would also change " + joined(extra));
        }
        List<String> missing = planned.stream().filter(c -> !simulated.contains(c)).toList();
        if (!missing.isEmpty()) {
            doubts.add(
                    "The package manager would not make these changes of the plan: "
                            + String.join(", ", missing));
        }
        return new Outcome(extra, doubts, doubts.isEmpty() ? answer.basis() : "");
    }

    private Answer ask() throws PackageManagerException, InterruptedException {
        String before = manager.basis();
        List<PackageChange> changes = manager.simulate(plan);
        return new Answer(changes, before.equals(manager.basis()) ? before : "");
    }

    private static Set<String> sentences(List<PackageChange> changes) {
        return changes.stream()
                .map(PackageChange::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String joined(List<PackageChange> changes) {
        return changes.stream().map(PackageChange::toString).collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        if (asking != null) {
            asking.close();
        }
    }
}
