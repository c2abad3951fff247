package dev.understudy.platform;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/// Identities that sort by the time they were made (UUID version 7, RFC 9562), which keeps indexes
/// compact. The random part has 74 bits; never use them as secrets.
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    public static UUID at(Instant now) {
        long high = (now.toEpochMilli() << 16) | 0x7000L | RANDOM.nextInt(1 << 12);
        long low = (RANDOM.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
