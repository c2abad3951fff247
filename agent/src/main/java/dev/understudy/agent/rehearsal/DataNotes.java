package dev.understudy.agent.rehearsal;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.hooks.OwnerHooks;
import dev.understudy.agent.twin.KeptData;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Whose data an undo of a plan on the host would not put back, and whether their owner has them
/// backed up, in sentences.
final class DataNotes {
    private DataNotes() {}

    static List<String> of(Plan plan, Place host) throws InterruptedException {
        Set<String> names =
                plan.changes().stream().map(PackageChange::name).collect(Collectors.toSet());
        String backup =
                new OwnerHooks(host).backsUp()
                        ? "the owner's hook backs it up first"
                        : OwnerHooks.NO_BACKUP;
        List<String> notes = new ArrayList<>();
        try {
            for (KeptData data : KeptData.touchedBy(names, host)) {
                notes.add(data.sentence() + "; " + backup);
            }
        } catch (IOException e) {
            notes.add("Whose data the plan touches is not known: " + e.getMessage());
        }
        return notes;
    }
}
