package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keys`: the keys that sign orders.
@Command(
        name = "keys",
        description = "The keys that sign orders; replace the one that signs.",
        mixinStandardHelpOptions = true,
        subcommands = KeysCommand.Rotate.class)
final class KeysCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json keys = connection.api().get("/order-keys");
        terminal.show(
                keys,
                () ->
                        terminal.table(
                                keys.items(),
                                "There are no keys.",
                                field("KEY", key -> key.text("id")),
                                field(
                                        "STATE",
                                        key ->
                                                key.text("state")
                                                        .toLowerCase(java.util.Locale.ROOT)),
                                field("SINCE", key -> time(key, "createdAt")),
                                field("VALID UNTIL", key -> time(key, "validUntil")),
                                field("RETIRED", key -> time(key, "retiredAt"))));
        return 0;
    }

    private static String time(Json key, String member) {
        return Terminal.time(key.instant(member).orElse(null));
    }

    @Command(
            name = "rotate",
            description =
                    "Sign with a new key from now on. Hosts learn it at their next check-in, vouched for by the former one.",
            mixinStandardHelpOptions = true)
    static final class Rotate implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(
                names = "--former-valid-for",
                paramLabel = "DURATION",
                defaultValue = "PT24H",
                description = "For how long hosts still obey the former key, such as PT1H.")
        private Duration formerValidFor = Duration.ofDays(1);

        @Override
        public Integer call() {
            Json key =
                    connection
                            .api()
                            .post(
                                    "/order-keys/rotate",
                                    Map.of("formerValidFor", formerValidFor.toString()));
            Terminal terminal = connection.terminal();
            terminal.show(
                    key,
                    () ->
                            terminal.line(
                                    "Key %s signs now; the former one counts for %s more.",
                                    key.text("id"), Terminal.span(formerValidFor)));
            return 0;
        }
    }
}
