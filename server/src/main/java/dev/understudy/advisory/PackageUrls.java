package dev.understudy.advisory;

import com.github.packageurl.MalformedPackageURLException;
import com.github.packageurl.PackageURL;
import java.util.Map;
import java.util.Optional;

/// Package URLs of distributions' packages.
public final class PackageUrls {
    private PackageUrls() {}

    /// A package as a purl names it.
    ///
    /// @param version with its epoch unless that is 0; empty if the purl has none
    /// @param distro the qualifier of that name; empty if there is none
    /// @param module the module stream that it is part of; empty if none
    public record Named(
            PackageKind kind, String name, String version, String distro, String module) {}

    /// Empty where it is no purl, or not of a package that a distribution's package manager
    /// installs.
    public static Optional<Named> read(String purl) {
        PackageURL url;
        try {
            url = new PackageURL(purl);
        } catch (MalformedPackageURLException _) {
            return Optional.empty();
        }
        Map<String, String> qualifiers =
                url.getQualifiers() == null ? Map.of() : url.getQualifiers();
        boolean source =
                switch (url.getType()) {
                    case "rpm" -> "src".equals(qualifiers.get("arch"));
                    case "deb", "apk" -> "source".equals(qualifiers.get("arch"));
                    default -> false;
                };
        if (!url.getType().matches("rpm|deb|apk") || !Fields.isName(url.getName())) {
            return Optional.empty();
        }
        String epoch = qualifiers.getOrDefault("epoch", "0");
        String version = url.getVersion() == null ? "" : url.getVersion();
        return Optional.of(
                new Named(
                        source ? PackageKind.SOURCE : PackageKind.BINARY,
                        url.getName(),
                        epoch.equals("0") || version.isEmpty() ? version : epoch + ":" + version,
                        qualifiers.getOrDefault("distro", ""),
                        qualifiers.getOrDefault("rpmmod", "")));
    }
}
