package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ha`: hosts that stand in for each other.
@Command(
        name = "ha",
        description = "HA groups: hosts of which some have to stay in service.",
        mixinStandardHelpOptions = true,
        subcommands = {
            HaCommand.Show.class,
            HaCommand.Set.class,
            HaCommand.Add.class,
            HaCommand.Remove.class,
            HaCommand.Confirm.class,
            HaCommand.Delete.class
        })
final class HaCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json all = connection.api().get("/ha-groups");
        terminal.show(
                all,
                () ->
                        terminal.table(
                                all.items(),
                                "There is no HA group. Make one: understudy ha set NAME --quorum 1 HOST HOST",
                                field("HA GROUP", g -> g.text("name")),
                                field("QUORUM", g -> g.text("quorum")),
                                field("MUST STAY", g -> g.text("mustStay")),
                                field("IN SERVICE", HaCommand::inService),
                                field("OUT OF SERVICE", HaCommand::out)));
        return 0;
    }

    private static String inService(Json group) {
        return group.text("inService") + " of " + group.list("members").size();
    }

    private static String out(Json group) {
        return String.join(
                "; ",
                group.list("members").stream()
                        .filter(member -> !member.text("outOfService").isEmpty())
                        .map(member -> member.text("name") + " " + member.text("outOfService"))
                        .toList());
    }

    private static void tell(Terminal terminal, Json group) {
        terminal.show(
                group,
                () -> {
                    terminal.line(
                            "HA group %s: %d hosts, %s have to stay in service, %s are.",
                            group.text("name"),
                            group.list("members").size(),
                            group.text("mustStay"),
                            group.text("inService"));
                    terminal.table(
                            group.list("members"),
                            "It has no members.",
                            field("HOST", m -> m.text("name")),
                            field(
                                    "IN SERVICE",
                                    m ->
                                            m.text("outOfService").isEmpty()
                                                    ? "yes"
                                                    : "no: it " + m.text("outOfService")));
                });
    }

    private static String path(String group) {
        return "/ha-groups/" + Api.escape(group);
    }

    @Command(
            name = "show",
            description = "One HA group with its members.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HA_GROUP", description = "Its name.")
        private String group = "";

        @Override
        public Integer call() {
            tell(connection.terminal(), connection.api().get(path(group)));
            return 0;
        }
    }

    @Command(
            name = "set",
            description = "Make an HA group, or change it, to exactly these hosts.",
            footer = {
                "",
                "A pair of which one has to stay in service:",
                "  understudy ha set db --quorum 1 db-1 db-2",
                "A pool of which at most a quarter may be in work:",
                "  understudy ha set web --quorum 75% web-1 web-2 web-3 web-4"
            },
            mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(index = "0", paramLabel = "HA_GROUP", description = "Its name.")
        private String group = "";

        @Parameters(
                index = "1..*",
                paramLabel = "HOST",
                arity = "0..*",
                description = "Its members, by name or id.")
        private List<String> hosts = List.of();

        @Option(
                names = "--quorum",
                description = "How many have to stay in service: 2, or 50%%.",
                required = true)
        private String quorum = "";

        @Override
        public Integer call() {
            tell(
                    connection.terminal(),
                    connection.api().put(path(group), Map.of("quorum", quorum, "hosts", hosts)));
            return 0;
        }
    }

    @Command(
            name = "add",
            description = "Add hosts to an HA group.",
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(index = "0", paramLabel = "HA_GROUP", description = "Its name.")
        private String group = "";

        @Parameters(index = "1..*", paramLabel = "HOST", arity = "1..*", description = "Whom.")
        private List<String> hosts = List.of();

        @Override
        public Integer call() {
            tell(
                    connection.terminal(),
                    connection.api().post(path(group) + "/members", Map.of("hosts", hosts)));
            return 0;
        }
    }

    @Command(
            name = "remove",
            description = "Take a host out of an HA group.",
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(index = "0", paramLabel = "HA_GROUP", description = "Its name.")
        private String group = "";

        @Parameters(index = "1", paramLabel = "HOST", description = "Whom.")
        private String host = "";

        @Override
        public Integer call() {
            tell(
                    connection.terminal(),
                    connection.api().delete(path(group) + "/members/" + Api.escape(host)));
            return 0;
        }
    }

    @Command(
            name = "confirm",
            description =
                    "Say that a member is in service, whatever came of the last rollout on it. A host that is silent or has failed units stays out of service.",
            mixinStandardHelpOptions = true)
    static final class Confirm implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(index = "0", paramLabel = "HA_GROUP", description = "Its name.")
        private String group = "";

        @Parameters(index = "1", paramLabel = "HOST", description = "Which member.")
        private String host = "";

        @Option(names = "--reason", description = "How you know; it is recorded.", required = true)
        private String reason = "";

        @Override
        public Integer call() {
            tell(
                    connection.terminal(),
                    connection
                            .api()
                            .post(
                                    path(group) + "/members/" + Api.escape(host) + "/confirm",
                                    Map.of("reason", reason)));
            return 0;
        }
    }

    @Command(
            name = "delete",
            description = "Forget an HA group; its hosts stay.",
            mixinStandardHelpOptions = true)
    static final class Delete implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HA_GROUP", description = "Its name.")
        private String group = "";

        @Override
        public Integer call() {
            connection.api().delete(path(group));
            connection.terminal().line("Deleted.");
            return 0;
        }
    }
}
