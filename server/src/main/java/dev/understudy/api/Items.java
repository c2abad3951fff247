package dev.understudy.api;

import java.util.List;

/// A list as the API answers it.
public record Items<T>(List<T> items) {
    public Items {
        items = List.copyOf(items);
    }
}
