package dev.understudy.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rehearse`: patches and their undo, tried on a twin of one host; the host itself is not touched.
@Command(
        name = "rehearse",
        description =
                "Try patches and their undo on a twin of a host; the host itself is not changed.",
        mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "HOST", description = "Name or id.")
    private String host = "";

    @Parameters(
            index = "1..*",
            paramLabel = "PATCH",
            description =
                    "From `understudy patches`, as in bookworm/curl/7.88.1-10+deb12u14. Default: all security patches.")
    private @Nullable List<String> patches;

    @Option(names = "--no-wait", description = "Only order it.")
    private boolean noWait;

    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        Map<String, Object> wanted = new LinkedHashMap<>();
        if (patches == null) {
            wanted.put("security", true);
        } else {
            wanted.put("patches", patches);
        }
        Json ordered = api.post("/hosts/" + Api.escape(host) + "/rehearsals", wanted);
        String id = ordered.text("id");
        if (noWait) {
            terminal.show(ordered, () -> terminal.line("Ordered as %s.", id));
            return 0;
        }
        if (!terminal.json()) {
            terminal.line("Rehearsing on a twin of %s; %s itself is not touched …", host, host);
        }
        Json rehearsal = api.get("/rehearsals/" + Api.escape(id));
        while (!finished(rehearsal)) {
            TimeUnit.SECONDS.sleep(1);
            rehearsal = api.get("/rehearsals/" + Api.escape(id));
        }
        Json last = rehearsal;
        terminal.show(last, () -> Evidence.print(terminal, last));
        return last.text("verdict").equals("PASSED") ? 0 : Failure.NEGATIVE;
    }

    private static boolean finished(Json rehearsal) {
        return rehearsal.text("state").matches("Finished|Lost");
    }
}
