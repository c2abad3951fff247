package dev.understudy.fleetsim;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The real images that fleets are made of: each family from its oldest image to its newest.
public record Images(List<Family> families) {
    private static final Map<String, Platform> PLATFORMS =
            Map.of(
                    "AKSUbuntu-1804", ubuntu("18.04", "bionic"),
                    "AKSUbuntu-2204", ubuntu("22.04", "jammy"),
                    "AKSUbuntu-2404", ubuntu("24.04", "noble"));

    public Images {
        families = List.copyOf(families);
        if (families.isEmpty()) {
            throw new IllegalArgumentException(
                    "There are no images of %s.".formatted(PLATFORMS.keySet()));
        }
    }

    /// Images of one line, oldest first.
    public record Family(String name, Platform platform, List<Image> images) {
        public Family {
            images = List.copyOf(images);
        }
    }

    public record Image(LocalDate date, List<InstalledPackage> packages) {
        public Image {
            packages = packages.stream().sorted().toList();
        }
    }

    /// Those that there were at the end of a day: a fleet is to be no newer than the notices that
    /// are held against it.
    public Images until(LocalDate day) {
        return new Images(
                families.stream()
                        .map(
                                family ->
                                        new Family(
                                                family.name(),
                                                family.platform(),
                                                family.images().stream()
                                                        .filter(each -> !each.date().isAfter(day))
                                                        .toList()))
                        .filter(family -> !family.images().isEmpty())
                        .toList());
    }

    /// @param data the folder of the shared real data
    public static Images read(Path data, SourceNames sources) throws IOException {
        Map<String, Map<LocalDate, List<InstalledPackage>>> found = new TreeMap<>();
        Map<InstalledPackage, InstalledPackage> once = new HashMap<>();
        Csv.read(
                data.resolve("inventories/aks_node_images_packages.csv.gz"),
                row -> {
                    if (PLATFORMS.containsKey(row.get("image_family"))) {
                        InstalledPackage each = installed(row, sources);
                        found.computeIfAbsent(row.get("image_family"), _ -> new TreeMap<>())
                                .computeIfAbsent(
                                        LocalDate.parse(row.get("image_date")),
                                        _ -> new ArrayList<>())
                                .add(once.computeIfAbsent(each, same -> same));
                    }
                });
        return new Images(
                found.entrySet().stream()
                        .map(each -> family(each.getKey(), each.getValue()))
                        .toList());
    }

    private static Family family(String name, Map<LocalDate, List<InstalledPackage>> images) {
        return new Family(
                name,
                PLATFORMS.getOrDefault(name, ubuntu("22.04", "jammy")),
                images.entrySet().stream()
                        .map(
                                each ->
                                        new Image(
                                                each.getKey(),
                                                each.getValue().stream().distinct().toList()))
                        .sorted(Comparator.comparing(Image::date))
                        .toList());
    }

    private static InstalledPackage installed(Csv.Row row, SourceNames sources) {
        String name = row.get("package").replaceAll(":.*", "");
        String version = row.get("version").intern();
        return new InstalledPackage(
                name.intern(), row.get("arch").intern(), version, sources.of(name), version, "ii");
    }

    private static Platform ubuntu(String version, String codename) {
        return new Platform("ubuntu", version, codename, "Ubuntu " + version, "amd64", "kvm");
    }
}
