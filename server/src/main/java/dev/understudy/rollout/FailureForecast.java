package dev.understudy.rollout;

import java.util.List;

/// What a rollout is expected to break; asked before it starts.
public interface FailureForecast {
    /// Nobody who could tell.
    FailureForecast NONE =
            new FailureForecast() {
                @Override
                public String before(RolloutId rollout, List<Deployment> planned) {
                    return "";
                }

                @Override
                public String outlook(List<Deployment> planned) {
                    return "";
                }
            };

    /// Makes and keeps the forecast of a rollout, in the caller's transaction, and says it in a
    /// sentence; empty if there is none. Hosts without a plan are not asked about.
    String before(RolloutId rollout, List<Deployment> planned);

    /// The same of a rollout that is only thought of; nothing is kept.
    String outlook(List<Deployment> planned);
}
