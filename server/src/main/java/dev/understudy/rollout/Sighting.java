package dev.understudy.rollout;

import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is known of a host without asking it: when it last checked in, and its newest inventory
/// with the time of arrival.
record Sighting(String name, Instant lastSeen, Inventory inventory, Instant inventoryAt) {
    /// A rebooted host that sends no inventory for so long counts as not in effect.
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /// How long after a check-in a changed inventory may still be on its way.
    private static final Duration INVENTORY_DELAY = Duration.ofMinutes(2);

    /// What the sighting says about the deployment; nothing if it is older than the deployment's
    /// state, or says nothing new.
    Optional<Event> about(Deployment d, Instant now) {
        return switch (d.state()) {
            case State.Verifying(_, _, boolean rebooted, _) when rebooted -> afterReboot(d, now);
            case State.NotInEffect _ when inventoryAt.isAfter(d.since()) ->
                    unhealthy(d).or(() -> inEffect(d));
            case State.Done _ when inventoryAt.isAfter(d.since()) -> unhealthy(d);
            case State.Doubtful _
                    when lastSeen.isAfter(d.since().plus(INVENTORY_DELAY)) && untouched(d) ->
                    Optional.of(new Event.SeenUnchanged());
            case State.Verifying _, State.NotInEffect _, State.Done _, State.Doubtful _ ->
                    Optional.empty();
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ ->
                    Optional.empty();
            case State.Applying _, State.Unhealthy _, State.Restored _, State.Broken _ ->
                    Optional.empty();
            case State.Skipped _, State.RollingBack _, State.RolledBack _ -> Optional.empty();
        };
    }

    private Optional<Event> afterReboot(Deployment d, Instant now) {
        if (inventoryAt.isAfter(d.since())) {
            return unhealthy(d)
                    .or(() -> inEffect(d))
                    .or(() -> Optional.of(new Event.SeenNotInEffect(notInEffect(d))));
        }
        return now.isAfter(d.since().plus(PATIENCE))
                ? Optional.of(
                        new Event.SeenNotInEffect(
                                List.of(
                                        "%s sent no inventory within %d minutes of its reboot."
                                                .formatted(name, PATIENCE.toMinutes()))))
                : Optional.empty();
    }

    private Optional<Event> inEffect(Deployment d) {
        return notInEffect(d).isEmpty() ? Optional.of(new Event.SeenInEffect()) : Optional.empty();
    }

    /// Why the fix is not in effect, by the inventory; empty if it is.
    private List<String> notInEffect(Deployment d) {
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

    private boolean untouched(Deployment d) {
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
