package dev.understudy.fleet;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Inventory;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a host reports as installed and not in effect, each thing as a number that stays the same
/// while the thing does.
///
/// @param kernel that the running kernel is not the newest one installed
/// @param other processes that run replaced files, and packages that ask for a reboot
record NotInEffect(Set<Long> kernel, Set<Long> other) {
    private static final Pattern KERNEL_RUNS = Pattern.compile("kernel .*");
    private static final Pattern ASKED_FOR = Pattern.compile("asked for by (.*)");
    private static final Pattern KERNEL_PACKAGE = Pattern.compile("(linux|kernel)-.*");

    static NotInEffect of(Inventory inventory) {
        NotInEffect found = new NotInEffect(new TreeSet<>(), new TreeSet<>());
        inventory
                .staleProcesses()
                .forEach(
                        each ->
                                Stream.concat(Stream.of(""), each.files().stream())
                                        .skip(each.files().isEmpty() ? 0 : 1)
                                        .map(file -> each.command() + "\t" + each.unit() + file)
                                        .forEach(what -> found.other.add(number(what))));
        inventory.rebootReasons().forEach(reason -> found.add(reason, inventory));
        return found;
    }

    /// A reason that is not understood concerns everything.
    private void add(String reason, Inventory inventory) {
        var asked = ASKED_FOR.matcher(reason);
        if (KERNEL_RUNS.matcher(reason).matches()) {
            kernel.add(number("kernel " + inventory.kernel().running()));
        } else if (asked.matches()) {
            for (String name : asked.group(1).split(", ")) {
                (KERNEL_PACKAGE.matcher(name).matches() ? kernel : other).add(number(name));
            }
        } else {
            other.add(number(reason));
        }
    }

    /// Both kinds together.
    Set<Long> all() {
        Set<Long> all = new TreeSet<>(kernel);
        all.addAll(other);
        return all;
    }

    private static long number(String what) {
        return Long.parseUnsignedLong(Digests.sha256(what).substring(0, 16), 16);
    }
}
