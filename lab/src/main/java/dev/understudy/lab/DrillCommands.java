package dev.understudy.lab;

import dev.understudy.lab.drills.Drill;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The `lab drills` commands.
@Command(name = "drills", description = "Updates that go wrong, each in one known way.")
final class DrillCommands {
    @Command(description = "Show the drills, their ports, and what is wrong with version 2.0.")
    int list(
            @Option(
                            names = Main.DATA,
                            defaultValue = Main.DATA_DEFAULT,
                            description = Main.DATA_HELP)
                    Path data) {
        var published = Main.lab(data).drills().published();
        for (Drill drill : Drill.values()) {
            System.out.printf(
                    "%-14s %d  %-9s  %s%n",
                    drill.text(),
                    drill.port(),
                    published.contains(drill) ? "published" : "",
                    drill.fault());
        }
        return 0;
    }

    @Command(description = "Build the archive; version 2.0 of a drill is visible once published.")
    int build(
            @Option(
                            names = Main.DATA,
                            defaultValue = Main.DATA_DEFAULT,
                            description = Main.DATA_HELP)
                    Path data) {
        Main.lab(data).changeDrills(archive -> archive.build());
        return 0;
    }

    @Command(description = "Install version 1.0 of drills on hosts.")
    int install(
            @Option(
                            names = Main.DATA,
                            defaultValue = Main.DATA_DEFAULT,
                            description = Main.DATA_HELP)
                    Path data,
            @Option(
                            names = "--hosts",
                            split = ",",
                            defaultValue = Option.NULL_VALUE,
                            description = "default: all that run")
                    @Nullable List<String> hosts,
            @Parameters(paramLabel = "DRILL", arity = "1..*") List<String> names) {
        var drills = names.stream().map(Drill::of).toList();
        Main.lab(data).installDrills(drills, hosts == null ? List.of() : hosts);
        return 0;
    }

    @Command(description = "Make version 2.0 of these drills visible, and of no others.")
    int publish(
            @Option(
                            names = Main.DATA,
                            defaultValue = Main.DATA_DEFAULT,
                            description = Main.DATA_HELP)
                    Path data,
            @Parameters(paramLabel = "DRILL", arity = "1..*") List<String> names) {
        var drills = names.stream().map(Drill::of).toList();
        Main.lab(data).changeDrills(archive -> archive.publish(drills));
        return 0;
    }

    @Command(description = "Hide version 2.0 of all drills.")
    int withdraw(
            @Option(
                            names = Main.DATA,
                            defaultValue = Main.DATA_DEFAULT,
                            description = Main.DATA_HELP)
                    Path data) {
        Main.lab(data).changeDrills(archive -> archive.publish(EnumSet.noneOf(Drill.class)));
        return 0;
    }
}
