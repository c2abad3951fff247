package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import java.time.Instant;

/// A monitoring system told that something is wrong with a host.
///
/// @param sentence what it told, for people
public record SymptomTold(HostId host, String symptom, String sentence, Instant at) {}
