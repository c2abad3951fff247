package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hosts`: who is managed, and what the control plane knows of them.
@Command(
        name = "hosts",
        description = "List hosts; show, change, refresh or retire one.",
        mixinStandardHelpOptions = true,
        subcommands = {
            HostsCommand.Show.class,
            HostsCommand.Set.class,
            HostsCommand.Refresh.class,
            HostsCommand.Retire.class
        })
final class HostsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Mixin private final Listing listing = new Listing();

    @Option(names = "--group", description = "Only hosts of this group.")
    private @Nullable String group;

    @Override
    public Integer call() throws IOException {
        Question question = new Question("/hosts").with("group", group);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Terminal terminal = connection.terminal();
        Instant now = Instant.now();
        Json hosts = listing.part(connection, question);
        terminal.show(
                hosts,
                () -> {
                    terminal.table(
                            hosts.items(),
                            "No hosts yet. Make a token with `understudy tokens enrol` and enrol one.",
                            field("HOST", h -> h.text("name")),
                            field("GROUP", h -> h.text("group")),
                            field("SYSTEM", h -> h.text("platform.prettyName")),
                            field(
                                    "MODE",
                                    h ->
                                            h.text("capabilities.mode").isEmpty()
                                                    ? "unknown"
                                                    : Words.code(h.text("capabilities.mode"))),
                            field("TWIN", h -> h.flag("capabilities.twin") ? "yes" : "no"),
                            field(
                                    "EXPOSURE",
                                    h -> h.text("exposure").toLowerCase(java.util.Locale.ROOT)),
                            field(
                                    "SEEN",
                                    h -> Terminal.ago(h.instant("lastSeen").orElse(null), now)));
                    terminal.more(hosts);
                });
        return 0;
    }

    @Command(
            name = "show",
            description = "Everything about one host.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HOST", description = "Name or id.")
        private String host = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json shown = connection.api().get("/hosts/" + Api.escape(host));
            terminal.show(shown, () -> describe(terminal, shown));
            return 0;
        }
    }

    private static void describe(Terminal terminal, Json host) {
        Instant now = Instant.now();
        String twin =
                host.flag("capabilities.twin")
                        ? "yes"
                        : "no: "
                                + (host.text("capabilities.twinReason").isEmpty()
                                        ? "not told yet"
                                        : host.text("capabilities.twinReason"));
        fact(terminal, "Host", host.text("name"));
        fact(terminal, "Id", host.text("id"));
        fact(terminal, "Group", host.text("group"));
        fact(
                terminal,
                "System",
                "%s, %s, kernel %s"
                        .formatted(
                                host.text("platform.prettyName"),
                                host.text("platform.virtualization"),
                                host.text("kernel.running").isEmpty()
                                        ? "unknown"
                                        : host.text("kernel.running")));
        fact(terminal, "Mode", Words.code(host.text("capabilities.mode")));
        fact(terminal, "Twin", twin);
        fact(
                terminal,
                "Context",
                "environment %s, criticality %s, exposure %s"
                        .formatted(
                                Words.code(host.text("environment")),
                                Words.code(host.text("criticality")),
                                Words.code(host.text("exposure"))));
        fact(terminal, "Seen", Terminal.ago(host.instant("lastSeen").orElse(null), now));
        fact(terminal, "Enrolled", Terminal.time(host.instant("enrolledAt").orElse(null)));
        fact(terminal, "Agent", host.text("agentVersion"));
        fact(
                terminal,
                "At work on",
                host.text("running").isEmpty() ? "nothing" : host.text("running"));
        terminal.line(
                "Everything that is known of it: understudy hosts show %s --json",
                host.text("name"));
    }

    private static void fact(Terminal terminal, String name, String value) {
        terminal.line("%-12s %s", name, value);
    }

    @Command(
            name = "set",
            description = "Change a host's group or context.",
            mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HOST", description = "Name or id.")
        private String host = "";

        @Option(names = "--group", description = "Group whose policy applies.")
        private @Nullable String group;

        @Option(names = "--environment", description = "PROD, STAGE or DEV.")
        private @Nullable String environment;

        @Option(names = "--criticality", description = "LOW, MEDIUM, HIGH or VERY_HIGH.")
        private @Nullable String criticality;

        @Option(names = "--exposure", description = "INTERNET, INTERNAL, ISOLATED or UNKNOWN.")
        private @Nullable String exposure;

        @Override
        public Integer call() {
            Map<String, String> change = new LinkedHashMap<>();
            put(change, "group", group);
            put(change, "environment", environment);
            put(change, "criticality", criticality);
            put(change, "exposure", exposure);
            if (change.isEmpty()) {
                throw new Failure(
                        2,
                        "Nothing to change: give --group, --environment, --criticality or --exposure.");
            }
            Terminal terminal = connection.terminal();
            Json changed = connection.api().patch("/hosts/" + Api.escape(host), change);
            terminal.show(changed, () -> terminal.line("%s: %s", host, change));
            return 0;
        }

        private static void put(Map<String, String> change, String name, @Nullable String value) {
            if (value != null) {
                change.put(name, value);
            }
        }
    }

    @Command(
            name = "refresh",
            description = "Have hosts fetch their package lists anew.",
            mixinStandardHelpOptions = true)
    static final class Refresh implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HOST", arity = "1..*", description = "Names or ids.")
        private List<String> hosts = List.of();

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            for (String host : hosts) {
                Json asked =
                        connection.api().post("/hosts/" + Api.escape(host) + "/refresh", Map.of());
                terminal.show(
                        asked,
                        () ->
                                terminal.line(
                                        "%s fetches its package lists at its next check-in.",
                                        host));
            }
            return 0;
        }
    }

    @Command(
            name = "retire",
            description = "Revoke a host's certificate; its history stays.",
            mixinStandardHelpOptions = true)
    static final class Retire implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HOST", description = "Name or id.")
        private String host = "";

        @Override
        public Integer call() {
            connection.api().delete("/hosts/" + Api.escape(host));
            connection
                    .terminal()
                    .line(
                            "%s is retired: its certificate is revoked and it gets no more orders.",
                            host);
            return 0;
        }
    }
}
