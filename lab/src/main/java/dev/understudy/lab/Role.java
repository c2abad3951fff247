package dev.understudy.lab;

import java.util.List;
import java.util.Map;

/// What a host is for, and the packages that make it so.
record Role(String name, List<String> packages) {
    private static final Map<String, List<String>> KNOWN =
            Map.of(
                    "ssh", List.of(),
                    "nginx", List.of("nginx"),
                    "postgresql", List.of("postgresql"),
                    "redis", List.of("redis-server"),
                    "mariadb", List.of("mariadb-server"));

    Role {
        packages = List.copyOf(packages);
    }

    static Role of(String name) {
        List<String> packages = KNOWN.get(name);
        if (packages == null) {
            throw new LabException(
                    "No role '%s'. There are: %s"
                            .formatted(name, KNOWN.keySet().stream().sorted().toList()));
        }
        return new Role(name, packages);
    }
}
