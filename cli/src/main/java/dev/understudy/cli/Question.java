package dev.understudy.cli;

import org.jspecify.annotations.Nullable;

/// A path of the API with its query, value by value; those that are not given are left out.
record Question(String path) {
    Question with(String name, @Nullable Object value) {
        return value == null
                ? this
                : new Question(
                        path
                                + (path.contains("?") ? "&" : "?")
                                + name
                                + "="
                                + Api.escape(value.toString()));
    }
}
