package dev.understudy.risk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A package that is not as safe as it could be, and the reason.
///
/// @param patch what would fix it; null where there is nothing to install (a reboot is missing, or
///   nobody offers a fix)
/// @param candidateVersion null where there is nothing to install
public record Unpatched(
        String packageName,
        String architecture,
        String installedVersion,
        @Nullable String candidateVersion,
        @Nullable PatchId patch,
        List<String> cves,
        Reason reason) {
    public Unpatched {
        cves = List.copyOf(cves);
    }

    /// Whether it is that package, or comes with the patch of that source package.
    public boolean concerns(String name) {
        return packageName.equals(name) || (patch != null && patch.source().equals(name));
    }
}
