package dev.understudy.protocol;

import java.util.UUID;

/// The identity of one order; an order is carried out at most once, however often it is delivered.
public record OrderId(UUID value) implements Comparable<OrderId> {
    public OrderId {
        Require.present(value, "order id");
    }

    public static OrderId random() {
        return new OrderId(UUID.randomUUID());
    }

    public static OrderId of(String text) {
        return new OrderId(UUID.fromString(text));
    }

    @Override
    public int compareTo(OrderId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
