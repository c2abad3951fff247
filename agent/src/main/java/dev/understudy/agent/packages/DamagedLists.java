package dev.understudy.agent.packages;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The package lists that are not as long as their archive's release file says. apt renames fresh
/// lists into place without bringing them to the disk first, so that a loss of power can leave them
/// cut off or empty; it takes an empty list for one without packages, and does not fetch it again
/// before the archive changes. So a host would be told that nothing is pending.
final class DamagedLists {
    /// Lines such as ` e3b0c442… 1683475 main/i18n/Translation-en`.
    private static final Pattern ENTRY =
            Pattern.compile("^ [0-9a-f]{32,128} +(?<size>\\d{1,15}) +(?<path>\\S+)$");

    private static final Pattern RELEASE = Pattern.compile("(?<archive>.*_)(In)?Release");
    private static final Pattern COMPRESSED = Pattern.compile("\\.(xz|bz2|lzma|gz|lz4|zst)$");

    private DamagedLists() {}

    static List<Path> in(Path lists) throws IOException {
        List<Path> damaged = new ArrayList<>();
        if (!Files.isDirectory(lists)) {
            return damaged;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(lists)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path release : files) {
            Matcher name = RELEASE.matcher(release.getFileName().toString());
            if (!name.matches()) {
                continue;
            }
            Map<String, Long> sizes = sizes(release);
            if (Files.size(release) == 0) {
                damaged.add(release);
            }
            for (Path list : files) {
                String file = list.getFileName().toString();
                if (file.startsWith(name.group("archive")) && !list.equals(release)) {
                    String path = path(file.substring(name.group("archive").length()));
                    if (isDamaged(Files.size(list), path, sizes)) {
                        damaged.add(list);
                    }
                }
            }
        }
        return damaged;
    }

    /// A list that apt compressed itself is not in the release file: it must only not be empty.
    private static boolean isDamaged(long size, String path, Map<String, Long> sizes) {
        Long expected = sizes.get(path);
        if (expected != null) {
            return size != expected;
        }
        return size == 0 && sizes.containsKey(COMPRESSED.matcher(path).replaceFirst(""));
    }

    private static Map<String, Long> sizes(Path release) throws IOException {
        Map<String, Long> sizes = new HashMap<>();
        String text = Files.readString(release, StandardCharsets.ISO_8859_1);
        for (String line : text.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                sizes.put(entry.group("path"), Long.parseLong(entry.group("size")));
            }
        }
        return sizes;
    }

    /// apt names a list after its address, with `_` for `/` and `%5f` for `_`.
    private static String path(String name) {
        try {
            return URLDecoder.decode(
                    name.replace('_', '/').replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return name; // Not a name of apt's making.
        }
    }
}
