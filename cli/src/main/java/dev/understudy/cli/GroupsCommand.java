package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `groups`: hosts under one policy.
@Command(
        name = "groups",
        description = "Groups and their policies; set one.",
        mixinStandardHelpOptions = true,
        subcommands = {
            GroupsCommand.Set.class,
            GroupRulesCommand.Show.class,
            GroupRulesCommand.Rules.class
        })
final class GroupsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json groups = connection.api().get("/groups");
        terminal.show(
                groups,
                () ->
                        terminal.table(
                                groups.items(),
                                "No groups yet.",
                                field("GROUP", g -> g.text("name")),
                                field("AUTONOMY", g -> Words.code(g.text("policy.autonomy"))),
                                field("CANARIES", g -> g.text("policy.canaries")),
                                field("SOAK", g -> g.text("policy.soak")),
                                field("% PER WAVE", g -> g.text("policy.percentPerWave")),
                                field("GATE", g -> Words.code(g.text("policy.proof.gate"))),
                                field("REBOOT", g -> Words.code(g.text("policy.reboot"))),
                                field("EXPOSURE", g -> Words.code(g.text("exposure"))),
                                field("CRITICALITY", g -> Words.code(g.text("criticality")))));
        return 0;
    }

    @Command(
            name = "set",
            description = "Decide a group's policy.",
            mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "GROUP", description = "Its name.")
        private String group = "";

        @Option(
                names = "--autonomy",
                description = "OBSERVE, RECOMMEND, APPROVE, VETO or AUTOMATIC.")
        private @Nullable String autonomy;

        @Option(names = "--canaries", description = "Hosts of the first wave.")
        private @Nullable Integer canaries;

        @Option(
                names = "--soak",
                description = "How long a wave must stay healthy, ISO-8601 (PT10M).")
        private @Nullable String soak;

        @Option(
                names = "--percent-per-wave",
                description = "Share of the group in each later wave.")
        private @Nullable Integer percentPerWave;

        @Option(names = "--reboot", description = "NEVER or WHEN_NEEDED.")
        private @Nullable String reboot;

        @Option(
                names = "--gate",
                description =
                        "STRICT (any failure halts), CERTIFIED (a sequential test must accept; strict where the hosts are too few) or CERTIFIED_ONLY (a person has to approve there).")
        private @Nullable String gate;

        @Option(
                names = "--harmless",
                description = "Percent of hosts that a harmless patch may break.")
        private @Nullable Double harmless;

        @Option(
                names = "--harmful",
                description = "Percent of hosts from which on a patch is harmful.")
        private @Nullable Double harmful;

        @Option(
                names = "--miss",
                description = "How often, in percent, a harmful patch may reach more than --limit.")
        private @Nullable Double miss;

        @Option(
                names = "--false-halt",
                description = "How often, in percent, a harmless patch may be halted.")
        private @Nullable Double falseHalt;

        @Option(
                names = "--limit",
                description = "Percent of hosts that may have a patch before it is accepted.")
        private @Nullable Double limit;

        @Option(
                names = "--shown",
                description = "Percent of failures that are taken to show within the soak.")
        private @Nullable Double shown;

        @Option(
                names = "--rehearse",
                description =
                        "EVERY_HOST (all rehearse before the first is patched) or PER_CLASS (one of each class does, every other right before its own turn).")
        private @Nullable String rehearse;

        @Option(
                names = "--leave-out",
                description =
                        "Up to which percent of classes that fail on their twins, and of their hosts, these are left out and the others go on; 0 (any halts) to 50.")
        private @Nullable Double leaveOut;

        @Option(names = "--environment", description = "PROD, STAGE or DEV.")
        private @Nullable String environment;

        @Option(names = "--criticality", description = "LOW, MEDIUM, HIGH or VERY_HIGH.")
        private @Nullable String criticality;

        @Option(names = "--exposure", description = "INTERNET, INTERNAL, ISOLATED or UNKNOWN.")
        private @Nullable String exposure;

        @Override
        public Integer call() {
            Map<String, Object> policy = new LinkedHashMap<>();
            put(policy, "autonomy", upper(autonomy));
            put(policy, "canaries", canaries);
            put(policy, "soak", soak);
            put(policy, "percentPerWave", percentPerWave);
            put(policy, "reboot", upper(reboot));
            Map<String, Object> proof = proof();
            put(policy, "proof", proof.isEmpty() ? null : proof);
            Map<String, Object> trials = new LinkedHashMap<>();
            put(trials, "who", upper(rehearse));
            put(trials, "leaveOutPercent", leaveOut);
            put(policy, "trials", trials.isEmpty() ? null : trials);
            Map<String, Object> wanted = new LinkedHashMap<>();
            put(wanted, "environment", upper(environment));
            put(wanted, "criticality", upper(criticality));
            put(wanted, "exposure", upper(exposure));
            if (!policy.isEmpty()) {
                wanted.put("policy", policy);
            }
            if (wanted.isEmpty()) {
                throw new Failure(2, "Nothing to set; see understudy groups set --help.");
            }
            Terminal terminal = connection.terminal();
            Json set = connection.api().put("/groups/" + Api.escape(group), wanted);
            terminal.show(set, () -> terminal.line("%s", sentence(set)));
            return 0;
        }

        /// How the group is patched from now on.
        private static String sentence(Json group) {
            return "Group %s: %s, %s, exposure %s, criticality %s; %s to begin with, then %s %% a wave, each healthy for %s; gate %s; reboots %s."
                    .formatted(
                            group.text("name"),
                            Words.code(group.text("policy.autonomy")),
                            Words.code(group.text("environment")),
                            Words.code(group.text("exposure")),
                            Words.code(group.text("criticality")),
                            group.text("policy.canaries"),
                            group.text("policy.percentPerWave"),
                            Terminal.span(group.duration("policy.soak")),
                            Words.code(group.text("policy.proof.gate")),
                            Words.code(group.text("policy.reboot")));
        }

        private Map<String, Object> proof() {
            Map<String, Object> proof = new LinkedHashMap<>();
            put(proof, "gate", upper(gate));
            put(proof, "harmlessPercent", harmless);
            put(proof, "harmfulPercent", harmful);
            put(proof, "missPercent", miss);
            put(proof, "falseHaltPercent", falseHalt);
            put(proof, "limitPercent", limit);
            put(proof, "shownPercent", shown);
            return proof;
        }

        private static void put(Map<String, Object> into, String name, @Nullable Object value) {
            if (value != null) {
                into.put(name, value);
            }
        }

        private static @Nullable String upper(@Nullable String value) {
            return value == null ? null : value.toUpperCase(Locale.ROOT).replace('-', '_');
        }
    }
}
