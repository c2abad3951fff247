package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The hosts that a lab has on disk.
record Hosts(Path folder) {
    /// A host that is wanted, before its number and layers are known.
    record Wanted(String name, Role role) {}

    /// The first so many hosts, going round the roles: lab-nginx-1, lab-redis-1, lab-nginx-2... A
    /// role that is named twice has twice as many.
    static List<Wanted> roundRobin(String prefix, List<Role> roles, int count) {
        if (roles.isEmpty() || count < 1) {
            throw new LabException("A lab needs at least one host and one role");
        }
        var wanted = new ArrayList<Wanted>();
        var ofRole = new HashMap<String, Integer>();
        for (int i = 0; i < count; i++) {
            Role role = roles.get(i % roles.size());
            int number = ofRole.merge(role.name(), 1, Integer::sum);
            wanted.add(new Wanted("%s-%s-%d".formatted(prefix, role.name(), number), role));
        }
        return wanted;
    }

    /// All hosts in the order of their numbers.
    List<LabHost> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .map(this::find)
                    .flatMap(Optional::stream)
                    .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<LabHost> find(String name) {
        return StateFile.read(file(name)).map(state -> LabHost.of(name, state));
    }

    LabHost get(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new LabException(
                                        "There is no host '%s' here. There are: %s"
                                                .formatted(
                                                        name,
                                                        all().stream()
                                                                .map(LabHost::name)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    void save(LabHost host) {
        StateFile.write(file(host.name()), host.state());
    }

    int freeNumber() {
        return Subnet.firstFree(
                all().stream().map(LabHost::number).collect(Collectors.toCollection(TreeSet::new)));
    }

    Path folder(LabHost host) {
        return folder.resolve(host.name());
    }

    private Path file(String name) {
        return folder.resolve(name).resolve("host.properties");
    }
}
