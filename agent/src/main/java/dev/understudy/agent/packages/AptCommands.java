package dev.understudy.agent.packages;

import static dev.understudy.agent.packages.AptSettings.option;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How apt's programs are called in one place, where they keep their files, and how they say what
/// went wrong.
final class AptCommands {
    private final Place place;
    private final AptSettings settings;

    AptCommands(Place place, AptSettings settings) {
        this.place = place;
        this.settings = settings;
    }

    /// No package script asks, and needrestart does not restart services behind our back: what is
    /// restarted, and when, is decided by us.
    private static final Map<String, String> UNATTENDED =
            Map.of(
                    "DEBIAN_PRIORITY", "critical",
                    "UCF_FORCE_CONFFOLD", "1",
                    "NEEDRESTART_MODE", "l",
                    "NEEDRESTART_SUSPEND", "1",
                    "APT_LISTCHANGES_FRONTEND", "none",
                    "APT_LISTBUGS_FRONTEND", "none");

    /// Exactly the plan: nothing recommended, nothing removed on the side.
    static final List<String> EXACT =
            List.of("--no-install-recommends", "-o", "APT::Get::AutomaticRemove=false");

    /// A simulation changes nothing on the host: without this, root's would replace apt's log of
    /// how the last installation was planned.
    static final List<String> SIMULATED =
            List.of("-s", "-o", "Debug::NoLocking=1", "-o", "Dir::Log::Planner=/dev/null");

    /// How apt says that a signal ended the dpkg it ran.
    private static final Pattern DPKG_KILLED =
            Pattern.compile("^E: Sub-process \\S*dpkg exited unexpectedly", Pattern.MULTILINE);

    /// Names and versions on one command line; the kernel allows far longer ones.
    private static final int AT_ONCE = 500;

    String read(String program, List<String> arguments)
            throws PackageManagerException, InterruptedException {
        prepare();
        Command command = command(program, arguments);
        Output output = place.run(command);
        requireWhole(program + " " + arguments.getFirst(), output);
        return output.stdout();
    }

    /// What apt's lists say of these versions.
    List<Map<String, String>> show(List<String> versions)
            throws PackageManagerException, InterruptedException {
        return show("--no-all-versions", versions);
    }

    /// What apt's lists and dpkg say of all versions of these packages.
    List<Map<String, String>> showAll(Collection<String> names)
            throws PackageManagerException, InterruptedException {
        return show("--all-versions", List.copyOf(names));
    }

    private List<Map<String, String>> show(String which, List<String> versions)
            throws PackageManagerException, InterruptedException {
        List<Map<String, String>> records = new ArrayList<>();
        for (List<String> some : chunks(versions)) {
            List<String> arguments = new ArrayList<>(List.of(which, "show"));
            arguments.addAll(some);
            records.addAll(Deb822.parse(read("apt-cache", arguments)));
        }
        return records;
    }

    Command command(String program, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(program));
        all.addAll(settings.options());
        quarantine().map(AptQuarantine::withoutPins).ifPresent(all::addAll);
        all.addAll(arguments);
        return Command.of(all);
    }

    /// What keeps quarantined versions away from others; empty where the agent leaves apt's own
    /// files alone.
    Optional<AptQuarantine> quarantine() {
        Path folder = settings.quarantine();
        return folder == null ? Optional.empty() : Optional.of(new AptQuarantine(place, folder));
    }

    static Command unattended(Command command) {
        return new Command(command.arguments(), command.limit(), UNATTENDED);
    }

    List<String> lockTimeout() {
        return option("DPkg::Lock::Timeout", Long.toString(settings.lockWait().toSeconds()));
    }

    Path lists() {
        Path folder = settings.ownFolder();
        return folder == null ? place.path("/var/lib/apt/lists") : folder.resolve("lists");
    }

    /// Where a successful fetch is noted; on the host it is the file that Ubuntu's update-notifier
    /// and unattended-upgrades use.
    Path stamp() {
        Path folder = settings.ownFolder();
        return folder == null
                ? place.path("/var/lib/apt/periodic/update-success-stamp")
                : folder.resolve("refreshed");
    }

    Path archives() {
        Path folder = settings.ownFolder();
        return folder == null ? place.path("/var/cache/apt/archives") : folder.resolve("archives");
    }

    void prepare() throws PackageManagerException {
        try {
            settings.prepare(place.path("/var/lib/apt/lists"));
        } catch (IOException e) {
            throw new PackageManagerException("the agent's own apt folder cannot be made: " + e, e);
        }
    }

    static void requireWhole(String what, Output output) throws PackageManagerException {
        if (!output.whole()) {
            throw new PackageManagerException(
                    "%s failed (exit code %d%s): %s"
                            .formatted(
                                    what,
                                    output.exitCode(),
                                    output.truncated() ? ", too much output" : "",
                                    output.tail()));
        }
    }

    static void requireSuccess(String what, Output output, Duration limit)
            throws PackageManagerException {
        if (!output.succeeded()) {
            throw failure(what, output, limit);
        }
    }

    static PackageManagerException failure(String what, Output output, Duration limit) {
        if (output.timedOut()) {
            return new PackageManagerException(
                    "%s took longer than %d s and was ended: %s"
                            .formatted(what, limit.toSeconds(), output.tail()));
        }
        return new PackageManagerException(
                "%s failed (exit code %d): %s".formatted(what, output.exitCode(), output.tail()),
                output.killed() || DPKG_KILLED.matcher(output.stderr()).find());
    }

    /// `name:architecture=version`, or `name:architecture-` to remove.
    static List<String> specifications(Plan plan) {
        return plan.changes().stream()
                .map(
                        change ->
                                change.name()
                                        + ":"
                                        + change.architecture()
                                        + (change.to() == null ? "-" : "=" + change.to()))
                .toList();
    }

    static List<List<String>> chunks(List<String> names) {
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < names.size(); from += AT_ONCE) {
            chunks.add(names.subList(from, Math.min(from + AT_ONCE, names.size())));
        }
        return chunks;
    }
}
