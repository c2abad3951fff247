package dev.understudy.protocol;

/// What an agent tells the control plane about an order. Everything but [Accepted] and [Progress]
/// ends the order.
public sealed interface Report {

    /// Whether this is the last word on the order.
    default boolean ends() {
        return switch (this) {
            case Accepted _, Progress _ -> false;
            case Refused _, Failed _, Refreshed _, Rehearsed _, Applied _, Restored _ -> true;
            case UnitsRestarted _, Rebooted _ -> true;
        };
    }

    /// The order was verified, is within the local policy, and is in the journal.
    record Accepted() implements Report {}

    /// The order was not carried out, and nothing was changed.
    record Refused(Refusal code, String detail) implements Report {
        public Refused {
            Require.present(code, "code");
            Require.text(detail, "detail", 4000);
        }
    }

    /// A step was reached (`download`, `twin`, `apply`, `checks` …).
    record Progress(String phase, String detail) implements Report {
        public Progress {
            Require.text(phase, "phase", 64);
            Require.length(detail, "detail", 4000);
        }
    }

    /// The order ended by a fault of the agent or the host that no other report describes.
    record Failed(String detail) implements Report {
        public Failed {
            Require.text(detail, "detail", 4000);
        }
    }

    record Refreshed(int pending) implements Report {}

    record Rehearsed(RehearsalResult result) implements Report {
        public Rehearsed {
            Require.present(result, "result");
        }
    }

    record Applied(ApplyResult result) implements Report {
        public Applied {
            Require.present(result, "result");
        }
    }

    record Restored(RestoreResult result) implements Report {
        public Restored {
            Require.present(result, "result");
        }
    }

    record UnitsRestarted(java.util.List<CheckResult> checks) implements Report {
        public UnitsRestarted {
            checks = java.util.List.copyOf(checks);
        }
    }

    record Rebooted(String kernel) implements Report {}

    /// Why an order was refused.
    enum Refusal {
        UNKNOWN_KEY,
        BAD_SIGNATURE,
        MALFORMED,
        FOREIGN_HOST,
        NOT_YET_VALID,
        EXPIRED,
        REPLAYED,
        LOCAL_POLICY,
        OBSERVE_MODE,
        STOPPED,
        NO_LEASE,
        NOT_REHEARSED,
        UNKNOWN_CHECKPOINT,
        BUSY,
        /// The plan brings a version that is in quarantine.
        QUARANTINED
    }
}
