package dev.understudy.rollout;

import java.util.List;
import java.util.stream.Collectors;

/// Reasons as hosts give them, with or without a full stop, as one text for people.
final class Sentences {
    private Sentences() {}

    static String of(List<String> reasons) {
        return reasons.stream()
                .map(String::strip)
                .filter(reason -> !reason.isEmpty())
                .map(reason -> reason.matches("(?s).*[.!?:…]") ? reason : reason + ".")
                .collect(Collectors.joining(" "));
    }
}
