package dev.understudy.protocol;

import java.util.UUID;

/// The identity of a managed host; given by the control plane at enrolment, kept for life.
public record HostId(UUID value) implements Comparable<HostId> {
    public HostId {
        Require.present(value, "host id");
    }

    public static HostId random() {
        return new HostId(UUID.randomUUID());
    }

    public static HostId of(String text) {
        return new HostId(UUID.fromString(text));
    }

    @Override
    public int compareTo(HostId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
