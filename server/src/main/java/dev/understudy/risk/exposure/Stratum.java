package dev.understudy.risk.exposure;

import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import java.util.Comparator;

/// What deadlines need to know of a host: hosts that share it have the same ones for the same fix,
/// but for exceptions of single hosts.
public record Stratum(String group, Exposure exposure, Criticality criticality)
        implements Comparable<Stratum> {
    private static final Comparator<Stratum> ORDER =
            Comparator.comparing(Stratum::group)
                    .thenComparing(Stratum::exposure)
                    .thenComparing(Stratum::criticality);

    /// Whether such hosts count as exposed to the internet: so do those of which it is not known.
    public static boolean internet(Exposure exposure) {
        return exposure == Exposure.INTERNET || exposure == Exposure.UNKNOWN;
    }

    @Override
    public int compareTo(Stratum other) {
        return ORDER.compare(this, other);
    }
}
