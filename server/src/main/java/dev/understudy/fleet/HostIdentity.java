package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import java.security.cert.X509Certificate;

/// A host as its certificate, issued by our authority and not over, proves it to be; `serial` is
/// the certificate's serial number in hex.
public record HostIdentity(HostId host, String serial, X509Certificate certificate) {}
