package dev.understudy.agent;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.link.Enrol;
import dev.understudy.agent.link.Identity;
import dev.understudy.agent.link.LinkException;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.AgentLock;
import dev.understudy.agent.orders.Journal;
import dev.understudy.agent.orders.JournalDamagedException;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.packages.AutomaticUpgrades;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.settings.Settings;
import dev.understudy.agent.settings.SettingsException;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The agent's command line.
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int REFUSED = 3;
    static final int NOT_GOOD = 4;
    static final int BUSY = 5;

    /// EX_CONFIG of sysexits(3); systemd is told not to start us again then.
    static final int CONFIGURATION = 78;

    private static final String HELP =
            """
            understudy-agent, the agent of Understudy on this host

              enrol --server URL --token TOKEN   join a control plane
              run                                check in and carry out orders until told to end
              once                               one check-in with all that follows (for a timer)

              facts [--json]                     what the control plane gets to know of this host
              pending [--json]                   upgrades, the CVEs they fix, what holds them up
              checkpoints [--json]               what can be restored
              quarantine [--json]                versions that nobody may install here, and why
              orders [--json]                    what was asked of this host, what came of it, what
                                                 was refused and why
              policy check                       whether the owner's policy can be used

              rehearse [--security | PACKAGE[=VERSION]…] [--soak SECONDS]
                                                 try an upgrade and its undo on a twin
              apply REHEARSAL [--soak SECONDS] [--reboot] [--unrehearsed REASON]
                                                 install exactly what was rehearsed; with a
                                                 reason, also where that was inconclusive
              restore CHECKPOINT                 undo an apply
              refresh                            fetch the package lists

            Options: --config FILE (/etc/understudy/agent.json), --policy FILE
            (/etc/understudy/policy.json), --data FOLDER (/var/lib/understudy), --observe (never
            change this host: own package lists, no change whatever the policy says).
            A host without a policy file is only observed; {"mode": "managed"} in it lets the
            agent carry out orders.

            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 done but the outcome is not
            good, 5 another agent process is running, 78 a file of the owner's cannot be used.
            """;

    private static final Set<String> WITH_VALUE =
            Set.of(
                    "--config",
                    "--policy",
                    "--data",
                    "--server",
                    "--token",
                    "--soak",
                    "--hostname",
                    "--unrehearsed");
    private static final Set<String> FLAGS =
            Set.of("--observe", "--json", "--security", "--help", "--version", "--reboot");

    private final Arguments arguments;
    private final PrintStream out;

    private Main(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    public static void main(String[] line) {
        System.exit(run(List.of(line), System.out));
    }

    /// Runs one command and gives its exit code.
    static int run(List<String> line, PrintStream out) {
        try {
            return new Main(Arguments.parse(line, WITH_VALUE, FLAGS), out).command();
        } catch (UsageException | IllegalArgumentException e) {
            Log.error("%s (try understudy-agent --help)", e.getMessage());
            return USAGE;
        } catch (SettingsException | JournalDamagedException e) {
            Log.error("%s", e.getMessage());
            return CONFIGURATION;
        } catch (AccessDeniedException e) {
            Log.error("no access to %s: run this as root, or with --data FOLDER", e.getFile());
            return FAILED;
        } catch (LinkException | PackageManagerException | CheckpointException | IOException e) {
            Log.error("%s", e.getMessage() == null ? e.toString() : e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int command()
            throws UsageException,
                    SettingsException,
                    LinkException,
                    PackageManagerException,
                    CheckpointException,
                    IOException,
                    InterruptedException {
        if (arguments.has("--version")) {
            out.println(Version.NUMBER);
            return OK;
        }
        if (arguments.words().isEmpty() || arguments.has("--help")) {
            out.print(HELP);
            return arguments.has("--help") ? OK : USAGE;
        }
        boolean json = arguments.has("--json");
        Show show = new Show(out);
        return switch (arguments.words().getFirst()) {
            case "enrol" -> enrol();
            case "run" -> daemon(false);
            case "once" -> daemon(true);
            case "facts" -> show.facts(agent(), json);
            case "pending" -> show.pending(agent(), json);
            case "checkpoints" -> show.checkpoints(agent(), json);
            case "quarantine" -> show.quarantine(agent(), json);
            case "orders" -> show.orders(journalFolder(), json);
            case "policy" -> show.policy(policyFile());
            case "rehearse", "apply", "restore", "refresh" -> byHand();
            case String other -> throw new UsageException("there is no command " + other);
        };
    }

    private Settings settings() throws SettingsException {
        return Settings.read(
                Path.of(arguments.option("--config").orElse(Settings.DEFAULT_FILE.toString())));
    }

    private Path dataFolder() throws SettingsException {
        Optional<String> given = arguments.option("--data");
        return given.isPresent() ? Path.of(given.get()).toAbsolutePath() : settings().dataFolder();
    }

    private Path journalFolder() throws SettingsException {
        return dataFolder().resolve("journal");
    }

    private Path policyFile() {
        return Path.of(arguments.option("--policy").orElse(LocalPolicy.DEFAULT_FILE.toString()));
    }

    private Agent agent() throws SettingsException {
        return new Agent(settings(), dataFolder(), policyFile(), arguments.has("--observe"));
    }

    private int enrol()
            throws UsageException,
                    SettingsException,
                    LinkException,
                    IOException,
                    InterruptedException {
        Optional<String> named = arguments.option("--server");
        String address = named.isPresent() ? named.get() : settings().server();
        if (address == null) {
            throw new UsageException("--server is needed");
        }
        URI server = Settings.requireServer(address);
        Optional<AgentLock> lock = AgentLock.tryTake(dataFolder());
        if (lock.isEmpty()) {
            return busy();
        }
        try (AgentLock _ = lock.get()) {
            Identity identity =
                    Enrol.enrol(
                            server,
                            arguments.required("--token"),
                            arguments.option("--hostname").orElse(hostname()),
                            machineId(),
                            dataFolder());
            out.printf("enrolled: %s%n", identity);
            return OK;
        }
    }

    private static String hostname() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    /// Tells the same machine again without giving the machine id itself away, as machine-id(5)
    /// asks.
    private static String machineId() throws IOException {
        Path file = Path.of("/etc/machine-id");
        return Files.exists(file)
                ? Digests.sha256("understudy " + Files.readString(file).strip())
                : "";
    }

    private int daemon(boolean once)
            throws SettingsException, LinkException, IOException, InterruptedException {
        Path data = dataFolder();
        Optional<AgentLock> lock = AgentLock.tryTake(data);
        if (lock.isEmpty()) {
            return busy();
        }
        try (AgentLock _ = lock.get()) {
            Optional<Identity> identity = Identity.read(data);
            if (identity.isEmpty()) {
                Log.error("this host is not enrolled: try understudy-agent enrol");
                return CONFIGURATION;
            }
            Agent agent = agent();
            Log.info(
                    "understudy-agent %s: %s, mode %s",
                    Version.NUMBER, identity.get(), agent.policy().mode());
            agent.policy()
                    .faults()
                    .forEach(fault -> Log.error("every change is refused: %s", fault));
            if (!once && agent.policy().mode() == Mode.MANAGED) {
                AutomaticUpgrades.warning(agent.place)
                        .ifPresent(warning -> Log.warn("%s", warning));
            }
            Journal journal = Journal.open(data.resolve("journal"), agent.clock);
            try (Daemon daemon = new Daemon(agent, identity.get(), journal)) {
                if (once) {
                    daemon.once();
                } else {
                    daemon.run();
                }
            }
            return OK;
        }
    }

    private int byHand()
            throws UsageException,
                    SettingsException,
                    PackageManagerException,
                    CheckpointException,
                    IOException,
                    InterruptedException {
        Path data = dataFolder();
        Optional<AgentLock> lock = AgentLock.tryTake(data);
        if (lock.isEmpty()) {
            return busy();
        }
        try (AgentLock _ = lock.get();
                Journal journal = Journal.open(data.resolve("journal"), agent().clock);
                ByHand byHand = new ByHand(agent(), journal, out)) {
            return byHand.carryOut(body(byHand));
        }
    }

    private OrderBody body(ByHand byHand)
            throws UsageException,
                    PackageManagerException,
                    CheckpointException,
                    IOException,
                    InterruptedException {
        List<String> words = arguments.words();
        return switch (words.getFirst()) {
            case "rehearse" ->
                    new OrderBody.Rehearse(
                            byHand.plan(
                                    words.subList(1, words.size()), arguments.has("--security")),
                            soak(),
                            Duration.ofHours(1));
            case "apply" ->
                    byHand.apply(
                            OrderId.of(second(words, "the id of a rehearsal")),
                            soak(),
                            arguments.has("--reboot"),
                            arguments.option("--unrehearsed"));
            case "restore" -> new OrderBody.Restore(second(words, "the id of a checkpoint"));
            case "refresh" -> new OrderBody.Refresh();
            case String other -> throw new UsageException("there is no command " + other);
        };
    }

    private static String second(List<String> words, String what) throws UsageException {
        if (words.size() != 2) {
            throw new UsageException(what + " is needed");
        }
        return words.get(1);
    }

    private Duration soak() throws UsageException {
        String seconds = arguments.option("--soak").orElse("10");
        if (!seconds.matches("[0-9]{1,6}")) {
            throw new UsageException("--soak is '%s'; seconds are expected".formatted(seconds));
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private static int busy() {
        Log.error(
                "another agent process is running with this data folder"
                        + " (systemctl stop understudy-agent)");
        return BUSY;
    }
}
