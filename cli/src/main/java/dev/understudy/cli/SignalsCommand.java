package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `signals`: what is seen to be worse on hosts, and who is asked about it.
@Command(
        name = "signals",
        description =
                "Symptoms of hosts; tell one for a monitoring system; say what Prometheus is asked.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SignalsCommand.Tell.class,
            SignalsCommand.Queries.class,
            SignalsCommand.Watch.class,
            SignalsCommand.Unwatch.class
        })
final class SignalsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json symptoms = connection.api().get("/symptoms");
        terminal.show(
                symptoms,
                () ->
                        terminal.table(
                                symptoms.items(),
                                "No host shows a symptom.",
                                field("HOST", s -> s.text("name")),
                                field("SYMPTOM", s -> s.text("symptom")),
                                field("SEEN BY", s -> s.text("source")),
                                field(
                                        "FROM",
                                        s -> Terminal.time(s.instant("beganAt").orElse(null))),
                                field("TO", SignalsCommand::ended)));
        return 0;
    }

    private static String ended(Json symptom) {
        return symptom.at("endedAt").present()
                ? Terminal.time(symptom.instant("endedAt").orElse(null))
                : "lasts";
    }

    @Command(
            name = "tell",
            description = "Tell that something is wrong with a host, or is over.",
            mixinStandardHelpOptions = true)
    static final class Tell implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(names = "--host", required = true, description = "The host, by its name.")
        private String host = "";

        @Option(
                names = "--kind",
                required = true,
                description = "What is wrong, the same for all hosts that have it.")
        private String kind = "";

        @Option(
                names = "--severity",
                defaultValue = "error",
                description = "info, warning, error or critical; error if left out.")
        private String severity = "";

        @Option(names = "--at", description = "When it began (ISO 8601); now if left out.")
        private @Nullable Instant at;

        @Option(names = "--over", description = "It is over.")
        private boolean over;

        @Option(names = "--detail", defaultValue = "", description = "More about it, for people.")
        private String detail = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Map<String, Object> signal = new LinkedHashMap<>();
            signal.put("host", host);
            signal.put("kind", kind);
            signal.put("severity", severity);
            signal.put("detail", detail);
            if (at != null) {
                signal.put("at", at.toString());
            }
            if (over) {
                signal.put("endedAt", Instant.now().toString());
            }
            Json taken = connection.api().post("/signals", Map.of("signals", List.of(signal)));
            terminal.show(
                    taken,
                    () ->
                            terminal.line(
                                    "%s",
                                    taken.texts("unknownHosts").isEmpty()
                                            ? sentence(taken)
                                            : "There is no host '%s'.".formatted(host)));
            return taken.texts("unknownHosts").isEmpty() ? 0 : Failure.NEGATIVE;
        }

        private static String sentence(Json taken) {
            if (taken.number("began") > 0) {
                return "Taken: it counts as a symptom of the host.";
            }
            return taken.number("ended") > 0
                    ? "Taken: it is over."
                    : "Nothing new: it was known, or is not bad enough to count.";
        }
    }

    @Command(
            name = "queries",
            description = "What Prometheus is asked, and what came of it last.",
            mixinStandardHelpOptions = true)
    static final class Queries implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json queries = connection.api().get("/health-queries");
            tell(terminal, queries);
            return queries.items().stream().allMatch(q -> doubt(q).isEmpty())
                    ? 0
                    : Failure.NEGATIVE;
        }
    }

    private static void tell(Terminal terminal, Json queries) {
        terminal.show(
                queries,
                () ->
                        terminal.table(
                                queries.items(),
                                "Prometheus is asked nothing.",
                                field("NAME", q -> q.text("query.name")),
                                field(
                                        "WHERE",
                                        q ->
                                                q.text("query.group").isEmpty()
                                                        ? "whole fleet"
                                                        : "group " + q.text("query.group")),
                                field("QUERY", q -> q.text("query.query")),
                                field(
                                        "WRONG",
                                        q ->
                                                Words.code(q.text("query.breachedWhen"))
                                                        + " "
                                                        + q.text("query.threshold")),
                                field(
                                        "ANSWERED",
                                        q ->
                                                q.at("answeredAt").present()
                                                        ? Terminal.time(
                                                                q.instant("answeredAt")
                                                                        .orElse(null))
                                                        : "never"),
                                field("", SignalsCommand::doubt)));
    }

    private static String doubt(Json query) {
        return query.at("failingSince").present()
                ? "NO ANSWER: " + query.text("problem")
                : query.text("breach");
    }

    @Command(
            name = "watch",
            description = "Ask Prometheus again and again; what breaches is a symptom of the host.",
            mixinStandardHelpOptions = true)
    static final class Watch implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "NAME", description = "What to call it.")
        private String name = "";

        @Option(
                names = "--prometheus",
                required = true,
                description = "The server: http://HOST:9090")
        private String url = "";

        @Option(
                names = "--query",
                required = true,
                description = "PromQL that always gives a series for each host.")
        private String query = "";

        @Option(names = "--above", description = "Values above this are wrong.")
        private @Nullable Double above;

        @Option(names = "--below", description = "Values below this are wrong.")
        private @Nullable Double below;

        @Option(names = "--group", description = "Of this group; without, of the whole fleet.")
        private @Nullable String group;

        @Option(
                names = "--label",
                defaultValue = "instance",
                description = "The label whose value is the host's name; instance if left out.")
        private String label = "";

        @Override
        public Integer call() {
            if ((above == null) == (below == null)) {
                throw new Failure(Failure.REFUSED, "Say either --above or --below.");
            }
            Map<String, Object> wanted = new LinkedHashMap<>();
            wanted.put("url", url);
            wanted.put("query", query);
            wanted.put("breachedWhen", above == null ? "below" : "above");
            wanted.put("threshold", above == null ? below : above);
            wanted.put("hostLabel", label);
            if (group != null) {
                wanted.put("group", group);
            }
            tell(connection.terminal(), connection.api().put("/health-queries/" + name, wanted));
            return 0;
        }
    }

    @Command(name = "unwatch", description = "Ask that no more.", mixinStandardHelpOptions = true)
    static final class Unwatch implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "NAME", description = "What it is called.")
        private String name = "";

        @Override
        public Integer call() {
            Api api = connection.api();
            api.delete("/health-queries/" + name);
            tell(connection.terminal(), api.get("/health-queries"));
            return 0;
        }
    }
}
