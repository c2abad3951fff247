package dev.understudy.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `up`: the main job on a fresh machine. Starts the control plane on loopback, enrols this machine
/// in observe mode, and prints what it is missing.
@Command(
        name = "up",
        description = {
            "Start the control plane on this machine and observe this machine.",
            "Nothing on this machine is ever changed: the agent runs in observe mode, with package lists of its own."
        },
        mixinStandardHelpOptions = true)
final class Up implements Callable<Integer> {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration FIRST_ANSWER_LIMIT = Duration.ofSeconds(60);

    @Mixin private final Connection connection = new Connection();

    @Option(
            names = "--operator-port",
            description = "Port of the API and the console, on loopback.",
            defaultValue = "8080")
    private int operatorPort = 8080;

    @Option(
            names = "--operator-listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where the API and the console listen instead; beyond loopback only with a certificate.")
    private String operatorListen = "";

    @Option(
            names = "--operator-certificate",
            paramLabel = "PEM",
            description = "Certificate chain of the API and the console, which then speak HTTPS.")
    private @Nullable Path operatorCertificate;

    @Option(names = "--operator-key", paramLabel = "PEM", description = "Its private key.")
    private @Nullable Path operatorKey;

    @Option(
            names = "--agent-port",
            description = "Port for agents, on loopback.",
            defaultValue = "8443")
    private int agentPort = 8443;

    @Option(
            names = "--agent-names",
            description =
                    "Further names or addresses by which hosts reach the agent port, comma separated (for its certificate).")
    private String agentNames = "";

    @Option(names = "--no-observe", description = "Start the control plane only.")
    private boolean noObserve;

    @Option(
            names = "--server-option",
            description =
                    "An option passed on to the control plane as it is, as in --server-option=--feed.kev=URL.")
    private List<String> serverOptions = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataFolder folder = connection.folder();
        Files.createDirectories(
                folder.root(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Terminal terminal = connection.terminal();
        Api api = startServer(folder, terminal);
        if (!noObserve) {
            observe(folder, api, terminal);
        }
        Json link = api.post("/console-links", Map.of());
        terminal.line("");
        terminal.line(
                "Console (this link works once, for 10 minutes): %s", ConsoleCommand.link(link));
        terminal.line(
                "Next: understudy help · understudy patches · understudy lab up --hosts 4 · understudy down");
        return 0;
    }

    private Api startServer(DataFolder folder, Terminal terminal)
            throws IOException, InterruptedException {
        String listen = operatorListen.isEmpty() ? "127.0.0.1:" + operatorPort : operatorListen;
        Optional<Path> certificate =
                Optional.ofNullable(operatorCertificate).map(Path::toAbsolutePath);
        String url = (certificate.isPresent() ? "https://" : "http://") + reachable(listen);
        Background server = new Background(folder.process("server"));
        Optional<ProcessHandle> running = server.running();
        if (running.isPresent() && becomesReady(folder.url(), running.get(), folder)) {
            terminal.line("The control plane runs already.");
        } else {
            List<String> arguments =
                    new ArrayList<>(
                            List.of(
                                    "serve",
                                    "--data=" + folder.server(),
                                    "--operator-listen=" + listen,
                                    "--agent-listen=127.0.0.1:" + agentPort));
            arguments.add(
                    "--agent-names="
                            + (agentNames.isBlank()
                                    ? "localhost,127.0.0.1"
                                    : "localhost,127.0.0.1," + agentNames));
            certificate.ifPresent(pem -> arguments.add("--operator-certificate=" + pem));
            if (operatorKey != null) {
                arguments.add("--operator-key=" + operatorKey.toAbsolutePath());
            }
            arguments.addAll(serverOptions);
            folder.remember(url, certificate);
            ProcessHandle process =
                    server.start(ServerProgram.command(arguments), folder.log("server"));
            if (!becomesReady(url, process, folder)) {
                throw new Failure(
                        1,
                        "The control plane ended at once. Its last words:\n"
                                + tail(folder.log("server")));
            }
        }
        return connection.api();
    }

    /// What this machine calls a port that listens on all addresses.
    private static String reachable(String listen) {
        return listen.replaceFirst("^(0\\.0\\.0\\.0|\\[::])(?=:)", "127.0.0.1");
    }

    /// Waits for a control plane that starts; false if it ended, as one that was killed just now
    /// does a moment later.
    private static boolean becomesReady(String url, ProcessHandle process, DataFolder folder)
            throws InterruptedException {
        Instant end = Instant.now().plus(START_LIMIT);
        while (Instant.now().isBefore(end)) {
            if (!process.isAlive()) {
                return false;
            }
            if (Files.exists(folder.operatorToken()) && ready(url, folder)) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new Failure(
                1,
                "The control plane is not ready after %d s; see %s"
                        .formatted(START_LIMIT.toSeconds(), folder.log("server")));
    }

    /// Whether it is *our* control plane that answers there: only it knows our token.
    private static boolean ready(String url, DataFolder folder) throws InterruptedException {
        HttpClient.Builder client = HttpClient.newBuilder();
        folder.certificate().map(Trust::certificate).ifPresent(client::sslContext);
        try (HttpClient http = client.build()) {
            String token = Files.readString(folder.operatorToken()).strip();
            HttpRequest status =
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/status"))
                            .header("Authorization", "Bearer " + token)
                            .timeout(Duration.ofSeconds(2))
                            .build();
            return http.send(status, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// Enrols this machine, runs the observing agent, and prints what came of it.
    private void observe(DataFolder folder, Api api, Terminal terminal)
            throws IOException, InterruptedException {
        Background agent = new Background(folder.process("agent"));
        Instant started = Instant.now();
        Files.createDirectories(folder.agent());
        if (agent.running().isEmpty()) {
            if (!Files.exists(folder.agent().resolve("identity.json"))) {
                Json token =
                        api.post(
                                "/enrolment-tokens",
                                Map.of("group", "unassigned", "validity", "PT10M"));
                run(
                        agentCommand(
                                folder,
                                "enrol",
                                "--server",
                                "https://127.0.0.1:" + agentPort,
                                "--token",
                                token.text("token")),
                        folder.log("agent"));
            }
            agent.start(agentCommand(folder, "run", "--observe"), folder.log("agent"));
        }
        String name = hostName(folder);
        terminal.line("Looking at this machine …");
        Optional<Json> summary = Optional.empty();
        while (summary.isEmpty() && Instant.now().isBefore(started.plus(FIRST_ANSWER_LIMIT))) {
            TimeUnit.MILLISECONDS.sleep(300);
            summary = FirstAnswer.of(api, name);
        }
        if (summary.isEmpty()) {
            throw new Failure(
                    1,
                    "This machine has not reported within %d s. Its agent says:\n%s"
                            .formatted(FIRST_ANSWER_LIMIT.toSeconds(), tail(folder.log("agent"))));
        }
        FirstAnswer.print(terminal, api, name, Duration.between(started, Instant.now()));
        if (!"root".equals(System.getProperty("user.name"))) {
            terminal.line("");
            terminal.line(
                    "Without root: packages, candidates and sockets are seen; which files other users' processes still use is not, so restarts may be missing here. No twins are made.");
        }
    }

    private static List<String> agentCommand(DataFolder folder, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(
                DataFolder.project().resolve("agent/target/image/bin/understudy-agent").toString());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of(
                        "--data",
                        folder.agent().toString(),
                        "--config",
                        folder.agent().resolve("agent.json").toString()));
        return command;
    }

    private static String hostName(DataFolder folder) throws IOException {
        return Json.parse(Files.readString(folder.agent().resolve("identity.json"))).text("host");
    }

    private static void run(List<String> command, Path log)
            throws IOException, InterruptedException {
        int code =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new Failure(1, "This machine could not be enrolled:\n" + tail(log));
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(%s cannot be read: %s)".formatted(log, e.getMessage());
        }
    }
}
