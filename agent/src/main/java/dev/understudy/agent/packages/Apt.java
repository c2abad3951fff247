package dev.understudy.agent.packages;

import static dev.understudy.agent.packages.AptSettings.option;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// apt and dpkg. Works as any user as far as reading goes; what changes the host needs root.
public final class Apt implements PackageManager {
    /// Names and versions on one command line; the kernel allows far longer ones.
    private static final int AT_ONCE = 500;

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

    private final Place place;
    private final AptSettings settings;
    private final DpkgDatabase database;
    private final AutoMarks autoMarks;

    public Apt(Place place, AptSettings settings) {
        this.place = place;
        this.settings = settings;
        this.database = new DpkgDatabase(place);
        this.autoMarks = new AutoMarks(place);
    }

    @Override
    public String name() {
        return "apt";
    }

    @Override
    public List<InstalledPackage> installed() throws PackageManagerException, InterruptedException {
        return database.packages().stream()
                .filter(p -> p.status().length() > 1 && p.status().charAt(1) != 'c')
                .toList();
    }

    @Override
    public List<PendingUpgrade> pending() throws PackageManagerException, InterruptedException {
        List<InstalledPackage> installed = installed();
        String architecture = database.nativeArchitecture();
        Map<String, AptPolicy> policies = policies(names(installed, architecture), List.of());
        List<String> passedOver =
                policies.entrySet().stream()
                        .filter(p -> p.getValue().newerThanInstalledExists())
                        .filter(p -> p.getValue().candidate().equals(p.getValue().installed()))
                        .map(Map.Entry::getKey)
                        .toList();
        Map<String, AptPolicy> withoutPins = policies(passedOver, WITHOUT_PREFERENCES);
        List<String> wanted = new ArrayList<>();
        for (InstalledPackage p : installed) {
            String name = PendingUpgrades.aptName(p, architecture);
            String target = PendingUpgrades.target(p, name, policies, withoutPins);
            if (!target.equals(p.version())) {
                wanted.add(PendingUpgrades.key(name, target));
            }
        }
        if (wanted.isEmpty()) {
            return List.of();
        }
        try (Background<Simulation> simulating =
                Background.start("simulate", () -> upgrade(installed, "dist-upgrade"))) {
            Map<String, AptSource> sources =
                    AptSource.parse(read("apt-get", List.of("indextargets", PACKAGES)));
            Map<String, Map<String, String>> records = records(wanted, architecture);
            Set<String> held = held();
            Simulation whole = simulating.get(PackageManagerException.class);
            Simulation safe =
                    whole.removals() == 0
                            ? whole
                            : upgrade(installed, "upgrade", "--with-new-pkgs");
            Simulation unphased =
                    records.values().stream().anyMatch(PendingUpgrades::isPhased)
                            ? upgrade(installed, UNPHASED.toArray(String[]::new))
                            : whole;
            return new PendingUpgrades(
                            architecture,
                            policies,
                            withoutPins,
                            sources,
                            records,
                            held,
                            whole,
                            safe,
                            unphased)
                    .of(installed);
        }
    }

    /// What would be installed if every archive had rolled its updates out to all hosts.
    private static final List<String> UNPHASED =
            List.of(
                    "-o",
                    "APT::Get::Always-Include-Phased-Updates=true",
                    "-o",
                    "APT::Get::Never-Include-Phased-Updates=false",
                    "dist-upgrade");

    private static final String PACKAGES = "Created-By: Packages";

    private static final List<String> WITHOUT_PREFERENCES =
            List.of(
                    "-o",
                    "Dir::Etc::Preferences=/dev/null",
                    "-o",
                    "Dir::Etc::PreferencesParts=/dev/null",
                    "-o",
                    "APT::Default-Release=");

    @Override
    public Optional<Instant> metadataAsOf() throws PackageManagerException {
        try {
            prepare();
            List<Path> damaged = DamagedLists.in(lists());
            if (!damaged.isEmpty()) {
                Log.warn("apt: package lists are cut off and have to be fetched: %s", damaged);
                return Optional.empty();
            }
            return PackageLists.asOf(lists(), stamp());
        } catch (IOException e) {
            throw new PackageManagerException("the package lists cannot be read: " + e, e);
        }
    }

    @Override
    public void refresh(Duration limit) throws PackageManagerException, InterruptedException {
        prepare();
        DpkgLock.ofDownloads(lists(), archives()).await(settings.lockWait());
        List<String> arguments = new ArrayList<>(List.of("-q", "update"));
        arguments.addAll(option("APT::Update::Error-Mode", "any"));
        try {
            for (Path damaged : DamagedLists.in(lists())) {
                Files.delete(damaged); // apt fetches only what is missing or has changed.
            }
            Output output = place.run(apt("apt-get", arguments).within(limit));
            requireSuccess("fetching the package lists", output, limit);
            PackageLists.bringToDisk(lists());
            PackageLists.refreshed(stamp());
        } catch (IOException e) {
            throw new PackageManagerException("the package lists cannot be kept: " + e, e);
        }
    }

    @Override
    public List<PackageChange> simulate(Plan plan)
            throws PackageManagerException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-s"));
        arguments.addAll(option("Debug::NoLocking", "1"));
        arguments.addAll(EXACT);
        arguments.add("install");
        arguments.addAll(specifications(plan));
        Output output = place.run(apt("apt-get", arguments));
        requireWhole("simulating the plan", output);
        return Simulation.parse(output.stdout(), architectures(installed())).changes();
    }

    @Override
    public void download(Plan plan, Duration limit)
            throws PackageManagerException, InterruptedException {
        prepare();
        if (notDownloaded(plan).isEmpty()) {
            return;
        }
        DpkgLock.ofDownloads(lists(), archives()).await(settings.lockWait());
        List<String> arguments = new ArrayList<>(List.of("-y", "-q", "--download-only"));
        // Downloading changes no package, so another user of the database is not in the way; the
        // archives folder has a lock of its own, which this option would skip as well.
        arguments.addAll(EXACT);
        arguments.addAll(option("Dpkg::Use-Pty", "0"));
        arguments.addAll(lockTimeout());
        arguments.add("install");
        arguments.addAll(specifications(plan));
        Output output = place.run(apt("apt-get", arguments).within(limit));
        requireSuccess("downloading the plan's archives", output, limit);
        copyFromDisk(notDownloaded(plan));
        List<String> missing = notDownloaded(plan);
        if (!missing.isEmpty()) {
            throw new PackageManagerException(
                    "apt said the download was complete, but not here: " + missing);
        }
    }

    /// apt does not download from a repository on the host's own disk, and then refuses to install
    /// from it without a download. Lines are `'file:/repository/a_1_all.deb' a_1_all.deb 792 …`.
    private void copyFromDisk(List<String> uris) throws PackageManagerException {
        for (String line : uris) {
            Matcher file = ON_DISK.matcher(line);
            if (file.matches()) {
                Path from = place.path(URI.create("file:" + file.group("path")).getPath());
                try {
                    Files.copy(
                            from,
                            archives().resolve(file.group("name")),
                            StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new PackageManagerException(from + " cannot be copied: " + e, e);
                }
            }
        }
    }

    private static final Pattern ON_DISK =
            Pattern.compile("'file:(?<path>/[^']+)' (?<name>[^ /]+\\.deb) .*");

    /// The archives of the plan that apt would still have to fetch.
    private List<String> notDownloaded(Plan plan)
            throws PackageManagerException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-qq", "--print-uris"));
        arguments.addAll(option("Debug::NoLocking", "1"));
        arguments.addAll(EXACT);
        arguments.add("install");
        arguments.addAll(specifications(plan));
        return read("apt-get", arguments).lines().filter(line -> line.startsWith("'")).toList();
    }

    @Override
    public List<String> apply(Plan plan, Duration limit)
            throws PackageManagerException, InterruptedException {
        DpkgLock lock = DpkgLock.ofDatabase(place);
        lock.await(settings.lockWait());
        Set<String> names =
                plan.changes().stream().map(PackageChange::name).collect(Collectors.toSet());
        KeptConfiguration configuration = KeptConfiguration.before(place, names);
        Set<String> automatic = autoMarks.now();
        List<String> arguments = new ArrayList<>(List.of("-y", "-q", "--no-download"));
        if (plan.changes().stream().allMatch(change -> change.to() != null)) {
            arguments.add("--no-remove");
        }
        arguments.addAll(EXACT);
        arguments.addAll(DPKG);
        arguments.addAll(lockTimeout());
        arguments.add("install");
        arguments.addAll(specifications(plan));
        Output output = place.run(unattended(apt("apt-get", arguments)).within(limit));
        if (!output.succeeded()) {
            String holder = lock.holder().map(h -> " (the lock is held by " + h + ")").orElse("");
            throw failure("installing the plan" + holder, output, limit);
        }
        autoMarks.restore(automatic, plan);
        requireInstalled(plan);
        return configuration.since();
    }

    /// How apt says that a signal ended the dpkg it ran.
    private static final Pattern DPKG_KILLED =
            Pattern.compile("^E: Sub-process \\S*dpkg exited unexpectedly", Pattern.MULTILINE);

    /// Keeps the owner's configuration files, takes the package's where the owner changed nothing.
    private static final List<String> DPKG =
            List.of(
                    "-o", "Dpkg::Options::=--force-confdef",
                    "-o", "Dpkg::Options::=--force-confold",
                    "-o", "Dpkg::Use-Pty=0");

    @Override
    public void repair(Duration limit) throws PackageManagerException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        // apt may have died and its dpkg live on: it is still changing what we would repair.
        DpkgLock.ofDatabase(place).await(limit);
        List<List<String>> steps =
                List.of(
                        List.of("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"),
                        fixBroken("--no-download"),
                        fixBroken("--download"),
                        List.of("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"));
        StringBuilder said = new StringBuilder();
        List<String> wrong = inconsistencies();
        for (List<String> step : steps) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (wrong.isEmpty() || left.isZero()) {
                break;
            }
            // Exit codes mean little here: only the state afterwards counts.
            Output output = place.run(unattended(Command.of(step)).within(left));
            said.append(String.join(" ", step)).append(": ").append(output.tail()).append('\n');
            wrong = inconsistencies();
        }
        if (!wrong.isEmpty()) {
            throw new PackageManagerException(
                    "the package database could not be repaired: %s%n%s"
                            .formatted(String.join("; ", wrong), said));
        }
    }

    private List<String> fixBroken(String download) {
        List<String> arguments = new ArrayList<>(List.of("-y", "-q", "--no-remove"));
        if (download.equals("--no-download")) {
            arguments.add(download);
        }
        arguments.addAll(EXACT);
        arguments.addAll(DPKG);
        arguments.addAll(lockTimeout());
        arguments.addAll(List.of("-f", "install"));
        return apt("apt-get", arguments).arguments();
    }

    /// Lets apt see dpkg's database and no repository. Whether what is installed fits together does
    /// not depend on what could be, and the check costs a hundredth and writes nothing, so that it
    /// works on a full disk, too.
    private static final List<String> INSTALLED_ONLY =
            List.of(
                    "-o", "Dir::Etc::sourcelist=/dev/null",
                    "-o", "Dir::Etc::sourceparts=/dev/null",
                    "-o", "Dir::Cache::pkgcache=",
                    "-o", "Dir::Cache::srcpkgcache=");

    @Override
    public List<String> inconsistencies() throws PackageManagerException, InterruptedException {
        List<String> found = new ArrayList<>(database.inconsistencies());
        List<String> check = new ArrayList<>(List.of("-q", "check"));
        check.addAll(option("Debug::NoLocking", "1"));
        check.addAll(INSTALLED_ONLY);
        Command command = apt("apt-get", check);
        Output output = place.run(command);
        if (output.killed() || output.timedOut()) {
            // That says nothing about the packages.
            throw failure("checking the packages", output, command.limit());
        }
        if (!output.succeeded()) {
            found.add("apt-get check says: " + output.tail());
        }
        return found;
    }

    private void requireInstalled(Plan plan) throws PackageManagerException, InterruptedException {
        Map<String, String> versions = new HashMap<>();
        installed().forEach(p -> versions.put(p.name() + ":" + p.architecture(), p.version()));
        List<String> differing = new ArrayList<>();
        for (PackageChange change : plan.changes()) {
            String now = versions.get(change.name() + ":" + change.architecture());
            if (!java.util.Objects.equals(now, change.to())) {
                differing.add("%s (is %s)".formatted(change, now == null ? "absent" : now));
            }
        }
        if (!differing.isEmpty()) {
            throw new PackageManagerException(
                    "apt reported success, but this is not as planned: " + differing);
        }
    }

    private Map<String, AptPolicy> policies(List<String> names, List<String> options)
            throws PackageManagerException, InterruptedException {
        Map<String, AptPolicy> policies = new HashMap<>();
        for (List<String> some : chunks(names)) {
            List<String> arguments = new ArrayList<>(options);
            arguments.add("policy");
            arguments.addAll(some);
            policies.putAll(AptPolicy.parse(read("apt-cache", arguments), some));
        }
        return policies;
    }

    private Map<String, Map<String, String>> records(List<String> wanted, String architecture)
            throws PackageManagerException, InterruptedException {
        List<Map<String, String>> records = new ArrayList<>();
        for (List<String> some : chunks(wanted)) {
            List<String> arguments = new ArrayList<>(List.of("--no-all-versions", "show"));
            arguments.addAll(some);
            records.addAll(Deb822.parse(read("apt-cache", arguments)));
        }
        return PendingUpgrades.byKey(records, architecture);
    }

    private Set<String> held() throws PackageManagerException, InterruptedException {
        return read("apt-mark", List.of("showhold")).lines().collect(Collectors.toSet());
    }

    /// What a whole upgrade would do; nothing where the dependencies of what is installed are not
    /// met, since apt then refuses and every candidate is in conflict.
    private Simulation upgrade(List<InstalledPackage> installed, String... how)
            throws PackageManagerException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-s"));
        arguments.addAll(option("Debug::NoLocking", "1"));
        arguments.addAll(List.of(how));
        Output output = place.run(apt("apt-get", arguments));
        if (output.exitCode() == 100 && !output.truncated()) {
            return new Simulation(List.of(), 0);
        }
        requireWhole("simulating an upgrade", output);
        return Simulation.parse(output.stdout(), architectures(installed));
    }

    private static Map<String, String> architectures(List<InstalledPackage> installed) {
        Map<String, String> architectures = new HashMap<>();
        installed.forEach(p -> architectures.putIfAbsent(p.name(), p.architecture()));
        return architectures;
    }

    private static List<String> names(List<InstalledPackage> installed, String architecture) {
        return installed.stream()
                .map(p -> PendingUpgrades.aptName(p, architecture))
                .distinct()
                .toList();
    }

    private static List<List<String>> chunks(List<String> names) {
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < names.size(); from += AT_ONCE) {
            chunks.add(names.subList(from, Math.min(from + AT_ONCE, names.size())));
        }
        return chunks;
    }

    /// `name:architecture=version`, or `name:architecture-` to remove.
    private static List<String> specifications(Plan plan) {
        return plan.changes().stream()
                .map(
                        change ->
                                change.name()
                                        + ":"
                                        + change.architecture()
                                        + (change.to() == null ? "-" : "=" + change.to()))
                .toList();
    }

    List<String> lockTimeout() {
        return option("DPkg::Lock::Timeout", Long.toString(settings.lockWait().toSeconds()));
    }

    private Path lists() {
        Path folder = settings.ownFolder();
        return folder == null ? place.path("/var/lib/apt/lists") : folder.resolve("lists");
    }

    /// Where a successful fetch is noted; on the host it is the file that Ubuntu's update-notifier
    /// and unattended-upgrades use.
    private Path stamp() {
        Path folder = settings.ownFolder();
        return folder == null
                ? place.path("/var/lib/apt/periodic/update-success-stamp")
                : folder.resolve("refreshed");
    }

    Path archives() {
        Path folder = settings.ownFolder();
        return folder == null ? place.path("/var/cache/apt/archives") : folder.resolve("archives");
    }

    private void prepare() throws PackageManagerException {
        try {
            settings.prepare(place.path("/var/lib/apt/lists"));
        } catch (IOException e) {
            throw new PackageManagerException("the agent's own apt folder cannot be made: " + e, e);
        }
    }

    String read(String program, List<String> arguments)
            throws PackageManagerException, InterruptedException {
        prepare();
        Command command = apt(program, arguments);
        Output output = place.run(command);
        requireWhole(program + " " + arguments.getFirst(), output);
        return output.stdout();
    }

    Command apt(String program, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(program));
        all.addAll(settings.options());
        all.addAll(arguments);
        return Command.of(all);
    }

    static Command unattended(Command command) {
        return new Command(command.arguments(), command.limit(), UNATTENDED);
    }

    private static void requireWhole(String what, Output output) throws PackageManagerException {
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

    private static void requireSuccess(String what, Output output, Duration limit)
            throws PackageManagerException {
        if (!output.succeeded()) {
            throw failure(what, output, limit);
        }
    }

    private static PackageManagerException failure(String what, Output output, Duration limit) {
        if (output.timedOut()) {
            return new PackageManagerException(
                    "%s took longer than %d s and was ended: %s"
                            .formatted(what, limit.toSeconds(), output.tail()));
        }
        return new PackageManagerException(
                "%s failed (exit code %d): %s".formatted(what, output.exitCode(), output.tail()),
                output.killed() || DPKG_KILLED.matcher(output.stderr()).find());
    }
}
