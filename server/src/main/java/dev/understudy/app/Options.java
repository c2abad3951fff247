package dev.understudy.app;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `--name value` pairs of the command line, with the environment behind them, and the settings
/// file behind that.
final class Options {
    private final Map<String, List<String>> given;
    private final Map<String, String> environment;
    private final Set<String> known = new HashSet<>();
    private SettingsFile file = SettingsFile.NONE;

    private Options(Map<String, List<String>> given, Map<String, String> environment) {
        this.given = given;
        this.environment = environment;
    }

    /// From now on, what neither the command line nor the environment says is looked up there.
    void behind(SettingsFile settings) {
        file = settings;
    }

    /// Where the value of an option comes from, as a person would write it there.
    String origin(String name) {
        if (given.containsKey(name)) {
            return "--" + name;
        }
        if (!environment.getOrDefault(variable(name), "").isBlank()) {
            return variable(name);
        }
        return file.get(name).isPresent() ? "%s in %s".formatted(name, file.path()) : "--" + name;
    }

    /// A secret, which may come from the environment only: other users can read command lines, and
    /// settings files are copied around.
    Optional<String> secret(String name) {
        return Optional.ofNullable(environment.get(variable(name))).filter(text -> !text.isEmpty());
    }

    Set<String> known() {
        return Set.copyOf(known);
    }

    static Options parse(List<String> arguments, Map<String, String> environment) {
        Map<String, List<String>> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                throw new SettingsException("'%s' is not an option".formatted(argument));
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            if (equals < 0 && i + 1 == arguments.size()) {
                throw new SettingsException("--%s has no value".formatted(name));
            }
            String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
            given.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }
        return new Options(given, environment);
    }

    Optional<String> get(String name) {
        List<String> all = list(name, false);
        if (all.size() > 1) {
            throw new SettingsException("--%s is given %d times".formatted(name, all.size()));
        }
        return all.stream().findFirst();
    }

    /// All values of an option that may be repeated; each may hold several, separated by commas.
    List<String> list(String name) {
        return list(name, true);
    }

    Duration duration(String name, Duration otherwise) {
        Optional<String> text = get(name);
        try {
            return text.map(Duration::parse).orElse(otherwise);
        } catch (DateTimeParseException _) {
            throw new SettingsException(name, text.orElse(""), "a duration such as PT30S");
        }
    }

    void refuseUnknown() {
        file.refuseUnknown(known);
        given.keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new SettingsException(
                                    "there is no option --%s; there are %s"
                                            .formatted(
                                                    name,
                                                    String.join(
                                                            ", ",
                                                            known.stream()
                                                                    .sorted()
                                                                    .map(each -> "--" + each)
                                                                    .toList())));
                        });
    }

    private List<String> list(String name, boolean split) {
        known.add(name);
        List<String> values = given.getOrDefault(name, List.of());
        if (values.isEmpty()) {
            String value = environment.getOrDefault(variable(name), "");
            values = value.isBlank() ? file.get(name).stream().toList() : List.of(value);
        }
        return values.stream()
                .flatMap(
                        value ->
                                split
                                        ? Arrays.stream(value.split(","))
                                        : Arrays.stream(new String[] {value}))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private static String variable(String name) {
        return "UNDERSTUDY_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
