package dev.understudy.fleet;

import dev.understudy.protocol.HostId;

/// A host as its certificate proves it to be; `serial` is the certificate's serial number in hex.
public record HostIdentity(HostId host, String serial) {}
