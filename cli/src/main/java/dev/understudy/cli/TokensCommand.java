package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `tokens`: what lets hosts and people in.
@Command(
        name = "tokens",
        description = "Enrolment tokens for hosts, API tokens for people and programs.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TokensCommand.ListAll.class,
            TokensCommand.Enrol.class,
            TokensCommand.Create.class,
            TokensCommand.Revoke.class
        })
final class TokensCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        return list(connection);
    }

    private static int list(Connection connection) {
        Terminal terminal = connection.terminal();
        Json tokens = connection.api().get("/tokens");
        terminal.show(
                tokens,
                () ->
                        terminal.table(
                                tokens.items(),
                                "No API tokens.",
                                field("NAME", t -> t.text("name")),
                                field("ROLE", t -> Words.code(t.text("role"))),
                                field(
                                        "MADE",
                                        t -> Terminal.time(t.instant("createdAt").orElse(null))),
                                field("ID", t -> t.text("id"))));
        return 0;
    }

    @Command(
            name = "list",
            description = "All API tokens; what they are is not kept.",
            mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            return list(connection);
        }
    }

    @Command(
            name = "enrol",
            description = "A single-use token that enrols one host.",
            mixinStandardHelpOptions = true)
    static final class Enrol implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(
                names = "--group",
                description = "The group that the host joins.",
                defaultValue = "unassigned")
        private String group = "unassigned";

        @Option(
                names = "--valid",
                description = "How long it is valid, ISO-8601 (PT1H).",
                defaultValue = "PT1H")
        private String valid = "PT1H";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json token =
                    connection
                            .api()
                            .post("/enrolment-tokens", Map.of("group", group, "validity", valid));
            terminal.show(
                    token,
                    () -> {
                        terminal.line(token.text("token"));
                        if (Terminal.interactive()) {
                            terminal.line(
                                    "On the host: understudy-agent enrol --server https://THIS-SERVER:8443 --token TOKEN");
                        }
                    });
            return 0;
        }
    }

    @Command(name = "create", description = "An API token.", mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "NAME", description = "For whom or what.")
        private String name = "";

        @Option(
                names = "--role",
                description = "VIEWER, OPERATOR, APPROVER or ADMIN.",
                required = true)
        private String role = "";

        @Override
        public Integer call() {
            Map<String, String> wanted = new LinkedHashMap<>();
            wanted.put("name", name);
            wanted.put("role", role.toUpperCase(java.util.Locale.ROOT));
            Terminal terminal = connection.terminal();
            Json token = connection.api().post("/tokens", wanted);
            terminal.show(
                    token,
                    () ->
                            terminal.line(
                                    "%s%n(shown this once; role %s)", token.text("secret"), role));
            return 0;
        }
    }

    @Command(name = "revoke", description = "Revoke an API token.", mixinStandardHelpOptions = true)
    static final class Revoke implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ID", description = "From `understudy tokens`.")
        private String id = "";

        @Override
        public Integer call() {
            connection.api().delete("/tokens/" + Api.escape(id));
            connection.terminal().line("Revoked.");
            return 0;
        }
    }
}
