package dev.understudy.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The closed set of what a control plane may ask of a host. There is no shell among them.
public sealed interface OrderBody {

    /// Whether carrying it out changes the host (and so is refused in observe mode).
    default boolean changesHost() {
        return switch (this) {
            case Refresh _, Rehearse _ -> false;
            case Apply _, Restore _, RestartUnits _, Reboot _ -> true;
        };
    }

    /// Fetch the package lists of the host's own repositories and report a new inventory.
    record Refresh() implements OrderBody {}

    /// Try the plan and its undo on a twin. `soak` is how long the twin must stay healthy after the
    /// patch before it is checked again; `limit` bounds the whole rehearsal.
    record Rehearse(Plan plan, Duration soak, Duration limit) implements OrderBody {
        public Rehearse {
            Require.present(plan, "plan");
            Require.present(soak, "soak");
            Require.present(limit, "limit");
        }
    }

    /// Install exactly the plan, which this host must have rehearsed with verdict Passed under the
    /// order `rehearsal`, and undo it if the checks fail. With `acceptedWithoutRehearsal`, the
    /// rehearsal may have ended Inconclusive (never Failed), if the host's local policy allows that
    /// too. With `triage` the host secures evidence before it changes anything.
    record Apply(
            Plan plan,
            OrderId rehearsal,
            Duration soak,
            Duration limit,
            RebootPolicy reboot,
            @Nullable Acceptance acceptedWithoutRehearsal,
            @Nullable Triage triage)
            implements OrderBody {
        public Apply {
            Require.present(plan, "plan");
            Require.present(rehearsal, "rehearsal");
            Require.present(soak, "soak");
            Require.present(limit, "limit");
            Require.present(reboot, "reboot");
            if (acceptedWithoutRehearsal != null
                    && !acceptedWithoutRehearsal.planDigest().equals(plan.digest())) {
                throw new IllegalArgumentException(
                        "%s accepted the plan %s, and this is %s"
                                .formatted(
                                        acceptedWithoutRehearsal.person(),
                                        acceptedWithoutRehearsal.planDigest(),
                                        plan.digest()));
            }
        }

        public Apply(
                Plan plan, OrderId rehearsal, Duration soak, Duration limit, RebootPolicy reboot) {
            this(plan, rehearsal, soak, limit, reboot, null, null);
        }

        public Apply(
                Plan plan,
                OrderId rehearsal,
                Duration soak,
                Duration limit,
                RebootPolicy reboot,
                @Nullable Acceptance acceptedWithoutRehearsal) {
            this(plan, rehearsal, soak, limit, reboot, acceptedWithoutRehearsal, null);
        }
    }

    /// A person's word that one plan may be applied to a host whose rehearsal of it was
    /// inconclusive. Holds for the plan with this digest only.
    record Acceptance(String planDigest, String person, String reason) {
        public Acceptance {
            Require.matching(planDigest, "planDigest", "[0-9a-f]{64}");
            Require.text(person, "person", 200);
            Require.text(reason, "reason", 2000);
        }
    }

    /// Put back the state that the checkpoint holds.
    record Restore(String checkpoint) implements OrderBody {
        public Restore {
            Require.matching(checkpoint, "checkpoint", "[0-9a-zA-Z-]{1,64}");
        }
    }

    /// Restart these systemd units.
    record RestartUnits(List<String> units) implements OrderBody {
        public RestartUnits {
            units = List.copyOf(units);
            units.forEach(
                    unit ->
                            Require.matching(
                                    unit, "unit", "[a-zA-Z0-9@][a-zA-Z0-9:_.@\\\\-]{0,254}"));
        }
    }

    /// Reboot the host.
    record Reboot() implements OrderBody {}

    /// Whether an apply may reboot the host when the fix needs it.
    enum RebootPolicy {
        NEVER,
        WHEN_NEEDED
    }
}
