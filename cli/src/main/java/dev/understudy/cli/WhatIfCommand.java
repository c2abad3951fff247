package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `what-if`: what a patch would change, before anything is done.
@Command(
        name = "what-if",
        description = "What would be different if a patch were in effect everywhere.",
        mixinStandardHelpOptions = true)
final class WhatIfCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(
            paramLabel = "PATCH",
            description = "As `patches` names it: RELEASE/SOURCE/VERSION.")
    private String patch = "";

    @Option(names = "--group", description = "Only hosts of this group.")
    private @Nullable String group;

    @Override
    public Integer call() {
        String[] parts = patch.split("/", -1);
        if (parts.length != 3) {
            throw new Failure(
                    2, "'%s' is no patch. Write RELEASE/SOURCE/VERSION.".formatted(patch));
        }
        Json answer =
                connection
                        .api()
                        .get(
                                "/what-if/%s/%s/%s%s"
                                        .formatted(
                                                Api.escape(parts[0]),
                                                Api.escape(parts[1]),
                                                Api.escape(parts[2]),
                                                group == null
                                                        ? ""
                                                        : "?group=" + Api.escape(group)));
        Terminal terminal = connection.terminal();
        terminal.show(
                answer,
                () -> {
                    long hosts = answer.number("hosts");
                    terminal.line(
                            "%d %s an older version.",
                            hosts, hosts == 1 ? "host has" : "hosts have");
                    terminal.table(
                            answer.list("cves"),
                            "It would end no exposure that is known.",
                            field("CVE", row -> row.text("cve")),
                            field("EXPOSED NOW", row -> row.text("now")),
                            field("THEN", row -> row.text("then")));
                });
        return 0;
    }
}
