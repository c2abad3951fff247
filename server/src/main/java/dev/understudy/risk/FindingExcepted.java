package dev.understudy.risk;

import java.util.UUID;

/// A person decided to leave a finding open until a date.
///
/// @param subject a CVE, or a patch as [PatchId] writes it
public record FindingExcepted(UUID exception, String subject) {}
