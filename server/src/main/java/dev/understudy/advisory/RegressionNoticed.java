package dev.understudy.advisory;

import java.util.List;

/// A vendor said that an update of its own broke something: a new advisory repairs an older one.
///
/// @param advisory the new one, `follows` the one that broke something
/// @param packages what the new one updates
public record RegressionNoticed(
        String feed, String advisory, String follows, List<String> packages) {
    public RegressionNoticed {
        packages = List.copyOf(packages);
    }
}
