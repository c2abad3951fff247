package dev.understudy.fleetsim.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fleetsim policy`.
@Command(
        name = "policy",
        description = "Months of real security notices, patched in our way and in the usual ones.",
        sortOptions = false)
public final class PolicyCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            required = true,
            description = "folder of the real public data (KEV, EPSS, notices, inventories)")
    private Path data = Path.of("");

    @Option(names = "--worlds", defaultValue = "200", description = "simulated for each way")
    private int worlds;

    @Option(
            names = "--sensitivity",
            defaultValue = "40",
            description = "worlds for each changed assumption; 0 for none")
    private int tried;

    @Option(names = "--hosts", defaultValue = "2000", description = "of the fleet")
    private int hosts;

    @Option(names = "--days", defaultValue = "365", description = "that the fleet is looked at")
    private int days;

    @Option(
            names = "--seed",
            defaultValue = "20261126",
            description = "the same seed gives the same worlds")
    private long seed;

    @Override
    public Integer call() throws IOException {
        ComparePolicies.of(data, System.out)
                .run(Assumptions.USUAL.hosts(hosts).days(days), worlds, tried, seed);
        return 0;
    }
}
