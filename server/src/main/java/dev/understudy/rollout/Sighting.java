package dev.understudy.rollout;

import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a host's newest inventory says about its deployment.
record Sighting(Inventory inventory) {

    /// What an inventory that just came says about the deployment; nothing if it says nothing new.
    Optional<Event> about(Deployment d) {
        return switch (d.state()) {
            case State.Verifying(_, _, boolean rebooted, _) when rebooted ->
                    unhealthy(d)
                            .or(() -> inEffect(d))
                            .or(() -> Optional.of(new Event.SeenNotInEffect(notInEffect(d))));
            case State.NotInEffect _ -> unhealthy(d).or(() -> inEffect(d));
            case State.Done _ -> unhealthy(d);
            case State.Verifying _, State.Doubtful _, State.Applying _, State.Planned _ ->
                    Optional.empty();
            case State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ -> Optional.empty();
            case State.Unhealthy _, State.Restored _, State.Broken _ -> Optional.empty();
            case State.Skipped _, State.RollingBack _, State.RolledBack _ -> Optional.empty();
        };
    }

    private Optional<Event> inEffect(Deployment d) {
        return notInEffect(d).isEmpty() ? Optional.of(new Event.SeenInEffect()) : Optional.empty();
    }

    /// Why the fix is not in effect, by the inventory; empty if it is.
    List<String> notInEffect(Deployment d) {
        List<String> reasons = new ArrayList<>(inventory.rebootReasons());
        inventory.staleProcesses().stream()
                .limit(10)
                .forEach(stale -> reasons.add(stale.command() + " still runs replaced files."));
        Map<String, String> installed = installed();
        for (PackageChange change : d.getPlan().plan().changes()) {
            String version = installed.get(key(change.name(), change.architecture()));
            if (!Objects.equals(version, change.to())) {
                reasons.add(
                        "%s is %s, not %s."
                                .formatted(change.name(), orAbsent(version), change.to()));
            }
        }
        return reasons;
    }

    /// Whether every package of the plan is as it was before.
    boolean untouched(Deployment d) {
        Map<String, String> installed = installed();
        return d.getPlan().plan().changes().stream()
                .allMatch(
                        change ->
                                Objects.equals(
                                        installed.get(key(change.name(), change.architecture())),
                                        change.from()));
    }

    private Optional<Event> unhealthy(Deployment d) {
        List<String> failed =
                inventory.services().stream()
                        .filter(service -> service.active().equals("failed"))
                        .filter(service -> d.getPlan().activeUnits().contains(service.unit()))
                        .map(
                                service ->
                                        "%s was active before the patch and has failed since."
                                                .formatted(service.unit()))
                        .toList();
        return failed.isEmpty() ? Optional.empty() : Optional.of(new Event.SeenUnhealthy(failed));
    }

    private Map<String, String> installed() {
        Map<String, String> installed = new HashMap<>();
        inventory.packages().stream()
                .filter(p -> p.status().startsWith("ii") || p.status().startsWith("hi"))
                .forEach(p -> installed.put(key(p.name(), p.architecture()), p.version()));
        return installed;
    }

    private static String key(String name, String architecture) {
        return name + ":" + architecture;
    }

    private static String orAbsent(@Nullable String version) {
        return version == null ? "absent" : version;
    }
}
