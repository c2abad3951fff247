package dev.understudy.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A command line: `--name value` and `--flag` anywhere, the rest in order.
record Arguments(List<String> words, Map<String, String> options, Set<String> flags) {

    static Arguments parse(List<String> line, Set<String> withValue, Set<String> flagNames)
            throws UsageException {
        List<String> words = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        Set<String> flags = new java.util.HashSet<>();
        for (int i = 0; i < line.size(); i++) {
            String word = line.get(i);
            if (!word.startsWith("--")) {
                words.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (withValue.contains(name)) {
                if (equals < 0 && i + 1 == line.size()) {
                    throw new UsageException(name + " needs a value");
                }
                options.put(name, equals < 0 ? line.get(++i) : word.substring(equals + 1));
            } else if (flagNames.contains(name) && equals < 0) {
                flags.add(name);
            } else {
                throw new UsageException("there is no option " + word);
            }
        }
        return new Arguments(List.copyOf(words), Map.copyOf(options), Set.copyOf(flags));
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    String required(String name) throws UsageException {
        return option(name).orElseThrow(() -> new UsageException(name + " is needed"));
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }
}
