package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Changes what an operator says of a host: its group, environment, criticality and exposure.
public final class SettleHost {
    private final Database database;
    private final Hosts hosts;
    private final Groups groups;
    private final AuditTrail audit;

    public SettleHost(Database database, Hosts hosts, Groups groups, AuditTrail audit) {
        this.database = database;
        this.hosts = hosts;
        this.groups = groups;
        this.audit = audit;
    }

    /// What is to change: what is left out stays, an empty text means "as the group".
    public record Change(
            Optional<String> group,
            Optional<String> environment,
            Optional<String> criticality,
            Optional<String> exposure) {}

    public void change(String actor, HostId host, Change change) {
        database.inTransaction(
                () -> {
                    HostSettings former =
                            hosts.settings(host)
                                    .orElseThrow(
                                            () ->
                                                    Problem.notFound(
                                                            "host-not-found",
                                                            "There is no host %s."
                                                                    .formatted(host)));
                    HostSettings next = over(former, change);
                    if (next.equals(former)) {
                        return;
                    }
                    hosts.set(host, next);
                    audit.append(actor, "fleet.host-changed", "host:" + host, details(next));
                });
    }

    private HostSettings over(HostSettings former, Change change) {
        String group = change.group().orElse(former.group());
        if (groups.find(group).isEmpty()) {
            throw Problem.notFound(
                    "group-not-found",
                    "There is no group '%s'. Make it first: understudy groups set %s"
                            .formatted(group, group));
        }
        return new HostSettings(
                group,
                value(change.environment(), former.environment(), Environment.class),
                value(change.criticality(), former.criticality(), Criticality.class),
                value(change.exposure(), former.exposure(), Exposure.class));
    }

    private static <E extends Enum<E>> @Nullable E value(
            Optional<String> wanted, @Nullable E former, Class<E> type) {
        if (wanted.isEmpty()) {
            return former;
        }
        if (wanted.get().isEmpty()) {
            return null;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(wanted.get()))
                .findFirst()
                .orElseThrow(
                        () ->
                                Problem.invalid(
                                        "value-invalid",
                                        "'%s' is not one of %s."
                                                .formatted(
                                                        wanted.get(),
                                                        Arrays.toString(type.getEnumConstants()))));
    }

    private static Map<String, String> details(HostSettings next) {
        Map<String, String> details = new TreeMap<>();
        details.put("group", next.group());
        details.put("environment", name(next.environment()));
        details.put("criticality", name(next.criticality()));
        details.put("exposure", name(next.exposure()));
        return details;
    }

    private static String name(@Nullable Enum<?> value) {
        return value == null ? "as the group" : value.name();
    }
}
