package dev.understudy.app;

/// An option that cannot be used; the message names it, its value and what is expected.
final class SettingsException extends RuntimeException {
    SettingsException(String option, String value, String expected) {
        super("--%s is '%s'; expected %s".formatted(option, value, expected));
    }

    SettingsException(String message) {
        super(message);
    }
}
