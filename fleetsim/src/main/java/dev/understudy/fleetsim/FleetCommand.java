package dev.understudy.fleetsim;

import com.google.gson.Gson;
import dev.understudy.protocol.InstalledPackage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `fleetsim fleet`: makes a fleet, tells how it looks, and writes it out.
@Command(
        name = "fleet",
        description =
                "Makes a fleet of the packages of real images: the same seed gives the same fleet.")
final class FleetCommand implements Callable<Integer> {
    private static final int HALF_A_YEAR = 182;

    @Option(
            names = "--data",
            required = true,
            description = "folder of the real public data (inventories)")
    private Path data = Path.of("");

    @Option(
            names = "--until",
            paramLabel = "DAY",
            description = "of no newer images than this day's, as 2025-09-30; default: of all")
    private LocalDate until = LocalDate.MAX;

    @Option(names = "--hosts", description = "How many hosts (default: ${DEFAULT-VALUE}).")
    private int hosts = 1_000;

    @Option(
            names = "--shapes",
            description = "How many package sets they share at most (default: ${DEFAULT-VALUE}).")
    private int shapes = 400;

    @Option(names = "--seed", description = "Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--days",
            description = "Over how long hosts came, changed and went (default: ${DEFAULT-VALUE}).")
    private int days = HALF_A_YEAR;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Writes the fleet as lines of JSON: each shape, then each host's life.")
    private @Nullable Path out;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SourceNames sources = SourceNames.read(data);
        Fleet fleet = Fleet.of(Images.read(data, sources).until(until), hosts, shapes, seed);
        Churn churn = new Churn(fleet, days);
        describe(fleet, churn);
        if (out != null) {
            write(fleet, churn, out);
        }
        return 0;
    }

    private void describe(Fleet fleet, Churn churn) {
        int[] hostsOf = new int[fleet.shapes().size()];
        long[] packages = {0};
        fleet.eachHost(
                shape -> {
                    hostsOf[shape]++;
                    packages[0] += fleet.shapes().get(shape).packages().size();
                });
        int[] changed = {0, 0};
        churn.eachLife(
                life -> {
                    changed[0] += life.stays().size() > 1 ? 1 : 0;
                    changed[1] += life.left() == null && life.stays().getFirst().from() > 0 ? 1 : 0;
                });
        int[] sorted = Arrays.stream(hostsOf).filter(each -> each > 0).sorted().toArray();
        int behind = 0;
        for (int shape = 0; shape < hostsOf.length; shape++) {
            behind += fleet.shapes().get(shape).patched() == shape ? 0 : hostsOf[shape];
        }
        say("Hosts", fleet.hosts());
        say("Shapes that hosts have", sorted.length);
        say("Hosts of the commonest shape", sorted[sorted.length - 1]);
        say("Hosts of the median shape", sorted[sorted.length / 2]);
        say("Packages a host", packages[0] / fleet.hosts());
        say("Hosts with updates pending", behind);
        say("Hosts that changed within %d days".formatted(days), changed[0]);
        say("Hosts that joined within them", changed[1]);
        say("Hosts that left beside these", churn.leavers());
    }

    private void say(String what, long count) {
        PrintWriter terminal = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        terminal.println(String.format(Locale.ROOT, "%-40s %,12d", what, count));
    }

    private static void write(Fleet fleet, Churn churn, Path file) throws IOException {
        Gson gson = new Gson();
        try (BufferedWriter lines = Files.newBufferedWriter(file);
                PrintWriter rows = new PrintWriter(lines)) {
            for (int number = 0; number < fleet.shapes().size(); number++) {
                Fleet.Shape shape = fleet.shapes().get(number);
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("shape", number);
                row.put("release", shape.platform().codename());
                row.put("patched", shape.patched());
                row.put("packages", shape.packages().stream().map(FleetCommand::name).toList());
                rows.println(gson.toJson(row));
            }
            churn.eachLife(
                    life ->
                            rows.println(
                                    gson.toJson(
                                            Map.of("host", life.host(), "stays", stays(life)))));
            if (rows.checkError()) {
                throw new IOException("%s could not be written whole".formatted(file));
            }
        }
    }

    private static String name(InstalledPackage each) {
        return each.name() + ":" + each.architecture() + "=" + each.version();
    }

    private static List<Map<String, Object>> stays(Churn.Life life) {
        return life.stays().stream()
                .map(
                        stay -> {
                            Map<String, Object> row = new LinkedHashMap<>();
                            row.put("shape", stay.shape());
                            row.put("fromSecond", stay.from());
                            if (stay.to() != null) {
                                row.put("toSecond", stay.to());
                            }
                            return row;
                        })
                .toList();
    }
}
