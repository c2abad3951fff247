package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Follows the key that signs orders by a new one, and retires the former when its time is over.
public final class RotateOrderKeys {
    /// How long the former key counts unless somebody says otherwise.
    public static final Duration USUAL = Duration.ofDays(1);

    /// Every replica has heard of the new key long before.
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private static final Duration LONGEST = Duration.ofDays(90);

    private final Database database;
    private final InstantSource clock;
    private final FleetKeys keys;
    private final OrderKeys inUse;
    private final AuditTrail audit;

    public RotateOrderKeys(
            Database database,
            InstantSource clock,
            FleetKeys keys,
            OrderKeys inUse,
            AuditTrail audit) {
        this.database = database;
        this.clock = clock;
        this.keys = keys;
        this.inUse = inUse;
        this.audit = audit;
    }

    /// An order key as people see it.
    public record Key(
            String id,
            String state,
            Instant createdAt,
            @Nullable Instant validUntil,
            @Nullable Instant retiredAt) {}

    /// All keys, newest first.
    public List<Key> all() {
        List<StoredOrderKey> stored = keys.storedOrderKeys();
        String signing = OrderKeys.signer(stored).id();
        return stored.stream()
                .map(
                        key ->
                                new Key(
                                        key.id(),
                                        key.retired()
                                                ? "RETIRED"
                                                : key.id().equals(signing) ? "SIGNS" : "VALID",
                                        key.createdAt(),
                                        key.retiresAt(),
                                        key.retiredAt()))
                .toList();
    }

    /// Makes a new key that signs from now on.
    ///
    /// @param formerValid for how long hosts still obey the former one
    public Key rotate(String actor, Duration formerValid) {
        if (formerValid.compareTo(SHORTEST) < 0 || formerValid.compareTo(LONGEST) > 0) {
            throw Problem.invalid(
                    "order-key-validity-invalid",
                    "The former key shall be valid for %s more; %s to %s are possible."
                            .formatted(formerValid, SHORTEST, LONGEST));
        }
        database.inTransaction(
                () -> {
                    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
                    Instant until = now.plus(formerValid);
                    StoredOrderKey former = keys.lockSigner();
                    StoredOrderKey next = keys.follow(former, now, until);
                    audit.append(
                            actor,
                            "fleet.order-key-rotated",
                            "order-key:" + next.id(),
                            Map.of("former", former.id(), "formerValidUntil", until.toString()));
                });
        inUse.changed();
        return all().getFirst();
    }

    /// Retires the keys whose time is over and wipes their private halves.
    public void retire() {
        database.inTransaction(
                () ->
                        keys.retire(clock.instant())
                                .forEach(
                                        id ->
                                                audit.append(
                                                        "system",
                                                        "fleet.order-key-retired",
                                                        "order-key:" + id,
                                                        Map.of())));
        inUse.changed();
    }
}
