package dev.understudy.agent.orders;

import java.util.regex.Pattern;

/// Package names with `*` for any text and `?` for any character.
final class Glob {
    static final String SYNTAX = "[a-zA-Z0-9*?][a-zA-Z0-9+._*?-]{0,199}";

    private Glob() {}

    static boolean matches(String glob, String name) {
        StringBuilder regex = new StringBuilder();
        glob.chars()
                .forEach(
                        c ->
                                regex.append(
                                        switch (c) {
                                            case '*' -> ".*";
                                            case '?' -> ".";
                                            default -> Pattern.quote(Character.toString(c));
                                        }));
        return name.matches(regex.toString());
    }
}
