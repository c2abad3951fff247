package dev.understudy.agent.settings;

/// A file of the owner's that cannot be used; the message names the file and what is wrong in it.
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }

    public SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
