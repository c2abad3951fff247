package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    @Mixin private final Listing listing = new Listing();

    @Parameters(
            paramLabel = "PATCH",
            description = "As `patches` names it: RELEASE/SOURCE/VERSION.")
    private String patch = "";

    @Option(names = "--group", description = "Only hosts of this group.")
    private @Nullable String group;

    @Override
    public Integer call() throws IOException {
        String[] parts = patch.split("/", -1);
        if (parts.length != 3) {
            throw new Failure(
                    2, "'%s' is no patch. Write RELEASE/SOURCE/VERSION.".formatted(patch));
        }
        Question question =
                new Question(
                                Stream.of(parts)
                                        .map(Api::escape)
                                        .collect(Collectors.joining("/", "/what-if/", "")))
                        .with("group", group);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Json answer = listing.part(connection, question);
        Terminal terminal = connection.terminal();
        terminal.show(
                answer,
                () -> {
                    long hosts = answer.number("hosts");
                    terminal.line(
                            "%d %s an older version.",
                            hosts, hosts == 1 ? "host has" : "hosts have");
                    terminal.table(
                            answer.items(),
                            "It would end no exposure that is known.",
                            field("CVE", row -> row.text("cve")),
                            field("EXPOSED NOW", row -> row.text("now")),
                            field("THEN", row -> row.text("then")));
                    terminal.more(answer);
                });
        return 0;
    }
}
