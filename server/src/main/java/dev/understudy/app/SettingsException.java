package dev.understudy.app;

import java.util.Optional;

/// A setting that cannot be used; the message names it, its value and what is expected.
final class SettingsException extends RuntimeException {
    private final Optional<String> option;

    SettingsException(String option, String value, String expected) {
        super("--%s is '%s'; expected %s".formatted(option, value, expected));
        this.option = Optional.of(option);
    }

    SettingsException(String message) {
        super(message);
        this.option = Optional.empty();
    }

    /// The same, said of the place that the value came from.
    SettingsException at(Options options) {
        return option.map(
                        name ->
                                new SettingsException(
                                        String.valueOf(getMessage())
                                                .replaceFirst(
                                                        "^--" + name + " ",
                                                        java.util.regex.Matcher.quoteReplacement(
                                                                options.origin(name) + " "))))
                .orElse(this);
    }
}
