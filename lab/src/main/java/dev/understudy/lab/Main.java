package dev.understudy.lab;

import dev.understudy.lab.gateway.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/// The `lab` command.
@Command(
        name = "lab",
        description = "Real Debian hosts on this machine, to try Understudy on.",
        subcommandsRepeatable = false,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = DrillCommands.class,
        sortOptions = false)
public final class Main {
    static final String DATA = "--data";
    static final String DATA_HELP = "folder of the lab (default: ${DEFAULT-VALUE})";
    static final String DATA_DEFAULT = "/var/lib/understudy-lab";

    public static void main(String[] arguments) {
        System.exit(
                new CommandLine(new Main())
                        .setExecutionExceptionHandler(Main::failed)
                        .execute(arguments));
    }

    @Command(description = "Make and boot hosts; those that run already are left alone.")
    int up(
            @Option(names = "--hosts", defaultValue = "4", description = "how many") int count,
            @Option(names = "--suite", defaultValue = "bookworm", description = "Debian release")
                    String suite,
            @Option(
                            names = "--roles",
                            defaultValue = "nginx,postgresql,redis,ssh",
                            split = ",",
                            description = "given to the hosts in turn")
                    List<String> roles,
            @Option(names = "--prefix", defaultValue = "lab", description = "of host names")
                    String prefix,
            @Option(names = "--disk", defaultValue = "3G", description = "size of a host's disk")
                    String disk,
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Option(names = "--name", defaultValue = "", description = "of the lab") String name,
            @Option(
                            names = "--cache",
                            defaultValue = "/var/cache/understudy-lab",
                            description = "layers and packages, shared by labs")
                    Path cache,
            @Option(
                            names = "--subnet",
                            defaultValue = "10.77.0.0/16",
                            description = "inside the lab's own network namespace")
                    String subnet,
            @Option(
                            names = "--mirror",
                            defaultValue = "",
                            description = "Debian archive, where this machine's apt names none")
                    String mirror,
            @Option(
                            names = "--security-mirror",
                            defaultValue = "",
                            description = "its security archive")
                    String securityMirror,
            @Option(
                            names = "--server",
                            defaultValue = "https://127.0.0.1:8443",
                            description = "the control plane's agent port on this machine")
                    URI server,
            @Option(
                            names = "--agent-deb",
                            defaultValue = "",
                            description = "the agent's package; with --tokens, hosts are enrolled")
                    String agent,
            @Option(
                            names = "--tokens",
                            defaultValue = "",
                            description = "file of single-use enrolment tokens, one a line")
                    String tokens) {
        long start = System.nanoTime();
        Path folder = data.toAbsolutePath().normalize();
        var known = LabSettings.find(folder);
        var settings =
                new LabSettings(
                        folder,
                        known.map(LabSettings::name)
                                .orElse(name.isEmpty() ? LabSettings.usualName(folder) : name),
                        known.map(LabSettings::cache).orElse(cache.toAbsolutePath().normalize()),
                        known.map(LabSettings::subnet).orElse(Subnet.parse(subnet)),
                        known.map(LabSettings::mirror)
                                .orElseGet(() -> mirror(mirror, securityMirror)),
                        address(server));
        var lab = new Lab(settings);
        var wanted = Hosts.roundRobin(prefix, roles.stream().map(Role::of).toList(), count);
        if (agent.isEmpty() != tokens.isEmpty()) {
            throw new LabException("Enrolment needs both --agent-deb and --tokens");
        }
        lab.up(wanted, suite, disk);
        if (!agent.isEmpty()) {
            lab.enrol(Path.of(agent), Path.of(tokens));
        }
        print(lab);
        System.out.printf("Up after %.1f s%n", (System.nanoTime() - start) / 1e9);
        return 0;
    }

    @Command(description = "Shut the lab down; hosts keep their disks.")
    int down(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Option(names = "--purge", description = "delete the hosts too") boolean purge) {
        var settings = LabSettings.find(data.toAbsolutePath().normalize());
        if (settings.isEmpty()) {
            System.out.println("There is no lab in " + data);
            return 0;
        }
        new Lab(settings.get()).down(purge);
        return 0;
    }

    @Command(description = "Install the agent on the running hosts and enrol them.")
    int enrol(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Option(names = "--agent-deb", required = true, description = "the agent's package")
                    Path agent,
            @Option(
                            names = "--tokens",
                            required = true,
                            description = "file of single-use enrolment tokens, one a line")
                    Path tokens) {
        lab(data).enrol(agent, tokens);
        return 0;
    }

    @Command(description = "Show the hosts.")
    int status(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data) {
        print(lab(data));
        return 0;
    }

    @Command(description = "Run a command in a host: lab exec HOST -- COMMAND...")
    int exec(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Parameters(paramLabel = "HOST") String host,
            @Parameters(paramLabel = "COMMAND", arity = "1..*") List<String> command) {
        var lab = lab(data);
        return Programs.onTerminal(lab.machine().commandIn(lab.hosts().get(host), command));
    }

    @Command(description = "Print where this machine sees the root folder of a running host.")
    int root(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Parameters(paramLabel = "HOST") String host) {
        var lab = lab(data);
        System.out.println(lab.machine().root(lab.hosts().get(host)));
        return 0;
    }

    @Command(description = "Boot hosts that are stopped.")
    int start(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Parameters(paramLabel = "HOST", arity = "1..*") List<String> names) {
        lab(data).start(names);
        return 0;
    }

    @Command(description = "Shut hosts down in good order.")
    int stop(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Parameters(paramLabel = "HOST", arity = "1..*") List<String> names) {
        lab(data).stop(names);
        return 0;
    }

    @Command(description = "End hosts at once.")
    int kill(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Option(
                            names = "--lose-writes",
                            description = "with all not yet on disk, as a loss of power does")
                    boolean loseWrites,
            @Parameters(paramLabel = "HOST", arity = "1..*") List<String> names) {
        if (loseWrites) {
            lab(data).losePower(names);
        } else {
            lab(data).kill(names);
        }
        return 0;
    }

    @Command(description = "Inject a network fault: drop, 503, slow:SECONDS, cut:BYTES, off.")
    int fault(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data,
            @Parameters(paramLabel = "net|control") String where,
            @Parameters(paramLabel = "FAULT") String fault) {
        lab(data).fault(where, Fault.parse(fault), fault);
        return 0;
    }

    @Command(hidden = true, description = "The gateway's process; started by up.")
    int gateway(
            @Option(names = DATA, defaultValue = DATA_DEFAULT, description = DATA_HELP) Path data)
            throws IOException, InterruptedException {
        new GatewayProcess(LabSettings.get(data)).run();
        return 0;
    }

    static Lab lab(Path data) {
        return new Lab(LabSettings.get(data.toAbsolutePath().normalize()));
    }

    private static void print(Lab lab) {
        System.out.printf(
                "%-24s %-10s %-12s %-14s %s%n", "HOST", "SUITE", "ROLE", "ADDRESS", "STATE");
        for (LabHost host : lab.hosts().all()) {
            System.out.printf(
                    "%-24s %-10s %-12s %-14s %s%n",
                    host.name(),
                    host.suite(),
                    host.role(),
                    lab.address(host),
                    lab.machine().state(host).toString().toLowerCase(Locale.ROOT));
        }
        System.out.println("gateway " + (lab.gatewayRuns() ? "running" : "stopped"));
    }

    private static Mirror mirror(String archive, String security) {
        if (!archive.isEmpty() && !security.isEmpty()) {
            return new Mirror(URI.create(archive), URI.create(security));
        }
        return AptSources.of(Path.of("/etc/apt"))
                .mirror()
                .orElseThrow(
                        () ->
                                new LabException(
                                        "This machine's apt names no Debian archive with its"
                                                + " security archive. Give --mirror and"
                                                + " --security-mirror."));
    }

    private static InetSocketAddress address(URI server) {
        if (server.getHost() == null || server.getPort() < 1) {
            throw new LabException("Not an address like https://127.0.0.1:8443: " + server);
        }
        return InetSocketAddress.createUnresolved(server.getHost(), server.getPort());
    }

    private static int failed(
            Exception failure, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (failure instanceof LabException) {
            System.err.println("lab: " + failure.getMessage());
            return 1;
        }
        throw failure;
    }
}
