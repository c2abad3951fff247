package dev.understudy.rollout;

import java.util.Optional;

/// What monitoring systems say of a group as a whole, beside what they tell of single hosts.
public interface HealthSignals {
    /// Nobody is asked.
    HealthSignals NONE = _ -> Optional.empty();

    /// Why no wave of the group may be promoted now: a source cannot be asked, or says that
    /// something is wrong without saying with which host. Empty if nothing speaks against it.
    Optional<String> doubt(String group);
}
