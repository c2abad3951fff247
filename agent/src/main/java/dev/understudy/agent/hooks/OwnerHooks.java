package dev.understudy.agent.hooks;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.settings.RootsOnly;
import dev.understudy.protocol.OrderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The owner's scripts `drain`, `undrain` and `backup` in one folder. Of the first two both are
/// there or none is; folder and scripts belong to root, nobody else may write them, and the scripts
/// can be executed. They get the order's id in `UNDERSTUDY_ORDER` and nothing else from the control
/// plane (`backup` also the units whose data it is about, found on the host, in
/// `UNDERSTUDY_UNITS`), say by exit code 0 that they succeeded, and are killed with all that they
/// started when they take longer than the limit. All may be run again when the agent was
/// interrupted.
public final class OwnerHooks implements Hooks {
    /// Where they are.
    public static final String FOLDER = "/etc/understudy/hooks.d";

    /// What is to be said where nobody backs data up.
    public static final String NO_BACKUP = "there is no hook " + FOLDER + "/backup";

    /// How long each of them may take.
    public static final Duration LIMIT = Duration.ofMinutes(10);

    private final Place place;
    private final String folder;
    private final Duration limit;

    public OwnerHooks(Place place) {
        this(place, FOLDER, LIMIT);
    }

    OwnerHooks(Place place, String folder, Duration limit) {
        this.place = place;
        this.folder = folder;
        this.limit = limit;
    }

    @Override
    public boolean present() {
        return exists("drain") || exists("undrain");
    }

    private boolean exists(String name) {
        return Files.exists(script(name), LinkOption.NOFOLLOW_LINKS);
    }

    private Path script(String name) {
        return place.path(folder + "/" + name);
    }

    /// A host that could not be brought back is not taken out.
    @Override
    public Optional<String> drain(OrderId order) throws InterruptedException {
        Optional<String> noWayBack = unusable("undrain");
        return noWayBack.isPresent() ? noWayBack : run("drain", order);
    }

    @Override
    public Optional<String> undrain(OrderId order) throws InterruptedException {
        return run("undrain", order);
    }

    @Override
    public boolean backsUp() {
        return exists("backup");
    }

    @Override
    public Optional<String> backup(OrderId order, List<String> units, Duration time)
            throws InterruptedException {
        return run("backup", time, order, Map.of("UNDERSTUDY_UNITS", String.join(" ", units)));
    }

    private Optional<String> run(String name, OrderId order) throws InterruptedException {
        return run(name, limit, order, Map.of());
    }

    private Optional<String> run(
            String name, Duration time, OrderId order, Map<String, String> more)
            throws InterruptedException {
        Optional<String> unusable = unusable(name);
        if (unusable.isPresent()) {
            return unusable;
        }
        Map<String, String> environment = new HashMap<>(more);
        environment.put("UNDERSTUDY_ORDER", order.toString());
        Output output = place.run(new Command(List.of(folder + "/" + name), time, environment));
        if (output.succeeded()) {
            return Optional.empty();
        }
        String how =
                output.timedOut()
                        ? "took longer than %d s and was killed".formatted(time.toSeconds())
                        : "ended with exit code %d".formatted(output.exitCode());
        String said = output.tail().strip();
        return Optional.of(
                "the hook %s/%s %s%s"
                        .formatted(folder, name, how, said.isEmpty() ? "" : ": " + said));
    }

    private Optional<String> unusable(String name) {
        try {
            if (!exists(name)) {
                return Optional.of(
                        "the hook %s/%s is missing%s"
                                .formatted(
                                        folder,
                                        name,
                                        name.equals("backup")
                                                ? ""
                                                : ": drain and undrain go together"));
            }
            RootsOnly.require(place.path(folder));
            RootsOnly.require(script(name));
            return Files.isRegularFile(script(name)) && Files.isExecutable(script(name))
                    ? Optional.empty()
                    : Optional.of("the hook %s/%s cannot be executed".formatted(folder, name));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of(
                    "the hook %s/%s cannot be used: %s"
                            .formatted(
                                    folder,
                                    name,
                                    e instanceof IOException ? e.toString() : e.getMessage()));
        }
    }
}
