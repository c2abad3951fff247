package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `events`: what got stuck inside the control plane.
@Command(
        name = "events",
        description = "Events that could not be taken and jobs that fail; have them tried again.",
        mixinStandardHelpOptions = true,
        subcommands = {EventsCommand.Parked.class, EventsCommand.Retry.class})
final class EventsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        return list(connection);
    }

    private static int list(Connection connection) {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        Json parked = api.get("/events/parked");
        Json failing = api.get("/jobs/failing");
        if (terminal.json()) {
            terminal.line("{\"parked\":%s,\"failing\":%s}", parked.pretty(), failing.pretty());
            return 0;
        }
        terminal.table(
                parked.items(),
                "No event is parked.",
                field("EVENT", event -> event.text("eventId")),
                field("WHAT", event -> event.text("event")),
                field("SUBSCRIBER", event -> event.text("subscriber")),
                field("ATTEMPTS", event -> event.text("attempts")),
                field(
                        "LAST ERROR",
                        event -> event.text("lastError").lines().findFirst().orElse("")));
        terminal.table(
                failing.items(),
                "No job fails.",
                field("JOB", job -> job.text("name")),
                field("ATTEMPTS", job -> job.text("attempts")),
                field("LAST", job -> Terminal.time(job.instant("lastFailure").orElse(null))));
        return 0;
    }

    @Command(
            name = "parked",
            description = "What could not be taken, and which jobs fail.",
            mixinStandardHelpOptions = true)
    static final class Parked implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            return list(connection);
        }
    }

    @Command(
            name = "retry",
            description = "Have parked events, or a failing job, tried again.",
            mixinStandardHelpOptions = true)
    static final class Retry implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(arity = "0..*", paramLabel = "EVENT", description = "Numbers of events.")
        private List<Long> events = List.of();

        @Option(names = "--all", description = "Every event that is parked.")
        private boolean all;

        @Option(names = "--job", paramLabel = "NAME", description = "A job that fails.")
        private String job = "";

        @Override
        public Integer call() {
            if (events.isEmpty() && !all && job.isEmpty()) {
                throw new Failure(2, "Name the events, or give --all or --job NAME.");
            }
            Api api = connection.api();
            Terminal terminal = connection.terminal();
            List<Long> chosen =
                    all
                            ? api.get("/events/parked").items().stream()
                                    .map(event -> event.number("eventId"))
                                    .distinct()
                                    .toList()
                            : events;
            for (long event : chosen) {
                Json answer = api.post("/events/" + event + "/retry", Map.of());
                terminal.show(answer, () -> terminal.line("Event %d is tried again.", event));
            }
            if (!job.isEmpty()) {
                api.post("/jobs/" + Api.escape(job) + "/retry", Map.of());
                terminal.line("Job %s runs now.", job);
            }
            return 0;
        }
    }
}
