package dev.understudy.app;

import dev.understudy.fleet.FleetSettings;
import dev.understudy.governance.FleetStop;
import dev.understudy.rollout.RolloutSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the operator decided at the start of the server.
///
/// @param data the folder that holds the embedded database, the operator's token and the logs
/// @param database an external PostgreSQL instead of the embedded one
/// @param operatorListen where the API and the console are served
/// @param operatorTls certificate and key for them; required unless they listen on loopback
/// @param agentListen where agents are served, always over TLS
/// @param agentNames names and addresses by which agents reach this server
/// @param feeds base URLs by the feed's name, for those that differ from the published ones
/// @param log how log lines look and where they go
/// @param fleet how the server talks with its hosts
/// @param rollout how rollouts deal with time
/// @param stopRelease how many people it takes to let a stopped fleet go on
/// @param retention how long what only grows is kept
public record Settings(
        Path data,
        Optional<ExternalDatabase> database,
        Listen operatorListen,
        Optional<Tls> operatorTls,
        Listen agentListen,
        List<String> agentNames,
        Map<String, URI> feeds,
        Log log,
        FleetSettings fleet,
        RolloutSettings rollout,
        FleetStop.ReleaseBy stopRelease,
        Retention retention) {

    /// PEM files of a certificate chain and its private key.
    public record Tls(Path certificate, Path key) {}

    /// How log lines look and where they go.
    public enum Log {
        /// Lines for people, on the console.
        HUMAN,
        /// ECS JSON on the console.
        ECS,
        /// ECS JSON in the data folder, lines for people on the console.
        ECS_FILE
    }

    public Settings {
        agentNames = List.copyOf(agentNames);
        feeds = Map.copyOf(feeds);
        if (!operatorListen.isLoopback() && operatorTls.isEmpty()) {
            throw new SettingsException(
                    "operator-listen",
                    operatorListen.address().getHostAddress() + ":" + operatorListen.port(),
                    "a loopback address, or also --operator-certificate and --operator-key:"
                            + " tokens are never sent over a network in the clear");
        }
        if (agentNames.isEmpty()) {
            throw new SettingsException("agent-names", "", "at least one name or address");
        }
    }

    /// Reads the options; each may come from the command line, else from `UNDERSTUDY_…` in the
    /// environment, else from the settings file: the one that `--settings` names, or
    /// `server.properties` in the data folder.
    static Settings parse(List<String> arguments, Map<String, String> environment) {
        return parse(Options.parse(arguments, environment));
    }

    static Settings parse(Options options) {
        try {
            return read(options);
        } catch (SettingsException e) {
            throw e.at(options);
        }
    }

    private static Settings read(Options options) {
        Path data = Path.of(options.get("data").orElse(".understudy")).toAbsolutePath();
        options.get("settings")
                .map(file -> SettingsFile.read(Path.of(file).toAbsolutePath()))
                .or(() -> SettingsFile.find(data.resolve("server.properties")))
                .ifPresent(options::behind);
        Settings settings =
                new Settings(
                        data,
                        ExternalDatabase.of(options),
                        listen(options, "operator-listen", "127.0.0.1:8080"),
                        tls(options),
                        listen(options, "agent-listen", "127.0.0.1:8443"),
                        AgentNames.of(options.list("agent-names")),
                        feeds(options),
                        log(options),
                        fleet(options),
                        rollout(options),
                        stopRelease(options),
                        Retention.of(options));
        options.refuseUnknown();
        return settings;
    }

    private static Listen listen(Options options, String option, String otherwise) {
        return Listen.parse(option, options.get(option).orElse(otherwise));
    }

    private static Optional<Tls> tls(Options options) {
        Optional<Path> certificate = file(options, "operator-certificate");
        Optional<Path> key = file(options, "operator-key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new SettingsException(
                    "--operator-certificate and --operator-key go together; one is missing");
        }
        return certificate.map(pem -> new Tls(pem, key.orElseThrow()));
    }

    private static Optional<Path> file(Options options, String option) {
        Optional<Path> file = options.get(option).map(text -> Path.of(text).toAbsolutePath());
        file.filter(path -> !Files.isReadable(path))
                .ifPresent(
                        path -> {
                            throw new SettingsException(
                                    option, path.toString(), "a PEM file that can be read");
                        });
        return file;
    }

    private static Map<String, URI> feeds(Options options) {
        Map<String, URI> feeds = new java.util.TreeMap<>();
        for (String feed : options.list("feed")) {
            int equals = feed.indexOf('=');
            if (equals < 1) {
                throw new SettingsException("feed", feed, "NAME=URL");
            }
            feeds.put(feed.substring(0, equals), url(feed, feed.substring(equals + 1)));
        }
        return feeds;
    }

    private static URI url(String feed, String text) {
        try {
            URI url = URI.create(text);
            if (url.isAbsolute() && List.of("https", "http", "file").contains(url.getScheme())) {
                return url;
            }
        } catch (IllegalArgumentException _) {
            // Said below, with the values.
        }
        throw new SettingsException("feed", feed, "NAME=URL with an https, http or file URL");
    }

    private static Log log(Options options) {
        String text = options.get("log").orElse("human");
        return switch (text) {
            case "human" -> Log.HUMAN;
            case "ecs" -> Log.ECS;
            case "ecs-file" -> Log.ECS_FILE;
            default -> throw new SettingsException("log", text, "human, ecs or ecs-file");
        };
    }

    private static FleetStop.ReleaseBy stopRelease(Options options) {
        String text = options.get("stop-release").orElse("one");
        return switch (text) {
            case "one" -> FleetStop.ReleaseBy.ONE;
            case "two" -> FleetStop.ReleaseBy.TWO;
            default -> throw new SettingsException("stop-release", text, "one or two");
        };
    }

    private static FleetSettings fleet(Options options) {
        FleetSettings standard = FleetSettings.STANDARD;
        Duration poll = options.duration("poll", standard.poll());
        Duration busyPoll = options.duration("busy-poll", standard.busyPoll());
        Duration lease = options.duration("lease", standard.lease());
        Duration life = options.duration("certificate-life", standard.certificateLife());
        try {
            return new FleetSettings(poll, busyPoll, lease, life);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }

    private static RolloutSettings rollout(Options options) {
        RolloutSettings usual = RolloutSettings.USUAL;
        Duration rehearsal = options.duration("rehearsal-limit", usual.rehearsal().limit());
        Duration apply = options.duration("apply-limit", usual.limit());
        try {
            return usual.within(rehearsal, apply).polled(fleet(options).poll());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }
}
