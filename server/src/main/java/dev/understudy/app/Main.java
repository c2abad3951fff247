package dev.understudy.app;

import dev.understudy.governance.AuditHead;
import dev.understudy.governance.AuditVerifier;
import dev.understudy.platform.TooOldException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The server's command line.
public final class Main {
    private static final String HELP =
            """
            understudy-server serve [options]        start the control plane
              --data DIR                 database, token and logs (.understudy)
              --settings FILE            these options as lines of name = value
                                         (server.properties in the data folder, if it is there)
              --database-url URL         an external PostgreSQL (jdbc:postgresql://…)
              --database-user NAME, --database-password-file FILE   how to get into it; the
                                         password may also be in UNDERSTUDY_DATABASE_PASSWORD
              --operator-listen HOST:PORT   API and console (127.0.0.1:8080)
              --operator-certificate PEM, --operator-key PEM   required beyond loopback
              --agent-listen HOST:PORT   agents, always TLS (127.0.0.1:8443)
              --agent-names A,B          names and addresses by which agents reach this server
              --feed NAME=URL            base URL of a feed; may be repeated
              --poll, --busy-poll, --lease, --certificate-life DURATION   such as PT20S
              --rehearsal-limit, --apply-limit DURATION   how long each may take on a host (PT30M)
              --stop-release one|two     how many people it takes to let a stopped fleet go on (one)
              --keep-events, --keep-orders, --keep-imports, --keep-outbox DURATION   how long what
                                         only grows is kept (P90D, P400D, P90D, P7D)
              --log human|ecs|ecs-file   lines for people, JSON, or JSON in the data folder
            Each option may also be given as UNDERSTUDY_… in the environment or in the settings
            file; the command line goes first, then the environment.

            understudy-server check-settings [options]   says what serve would use, or what is wrong

            understudy-server audit-verify FILE [SEQUENCE:HASH]   check an exported audit trail,
                                         also against a head that was noted before
            """;

    /// The exit code of a server that is older than its database allows.
    static final int TOO_OLD = 3;

    private Main() {}

    @SuppressWarnings("SystemExitOutsideMain") // every way out has its code
    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        String command = words.isEmpty() ? "help" : words.getFirst();
        List<String> rest = words.subList(Math.min(1, words.size()), words.size());
        switch (command) {
            case "serve" -> serve(rest);
            case "check-settings" ->
                    System.exit(check(rest, System.getenv(), System.out, System.err));
            case "audit-verify" -> System.exit(verify(rest, System.out, System.err));
            case "help", "--help", "-h" -> System.out.print(HELP);
            default -> {
                System.err.println("There is no command '" + command + "'.\n\n" + HELP);
                System.exit(2);
            }
        }
    }

    private static void serve(List<String> arguments) {
        Settings settings;
        try {
            settings = Settings.parse(arguments, System.getenv());
        } catch (SettingsException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        try {
            Ready.print(Understudy.start(settings), System.out);
        } catch (RuntimeException e) {
            Throwable cause = rootCause(e);
            System.err.println("Understudy did not start: " + cause.getMessage());
            System.exit(cause instanceof TooOldException ? TOO_OLD : 1);
        }
    }

    /// Ends a server that may not work on its database any more: what is under way ends, and a
    /// start of the same version is refused with the same words.
    @SuppressWarnings("SystemExitOutsideMain") // every way out has its code
    static void leave(TooOldException why) {
        System.err.println("Understudy stops: " + why.getMessage());
        System.exit(TOO_OLD);
    }

    /// Prints every setting that is given with where it comes from, and tries the database.
    static int check(
            List<String> arguments,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err) {
        try {
            Options options = Options.parse(arguments, environment);
            Settings settings = Settings.parse(options);
            settings.database().ifPresent(ExternalDatabase::check);
            options.known().stream()
                    .sorted()
                    .forEach(
                            name ->
                                    out.printf(
                                            "%-24s %s%n",
                                            name,
                                            options.list(name).isEmpty()
                                                    ? "(usual)"
                                                    : "%s   (%s)"
                                                            .formatted(
                                                                    String.join(
                                                                            ",",
                                                                            options.list(name)),
                                                                    options.origin(name))));
            out.println("These settings can be used.");
            return 0;
        } catch (SettingsException e) {
            err.println(e.getMessage());
            return 2;
        }
    }

    static int verify(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.isEmpty() || arguments.size() > 2) {
            err.println("Use: audit-verify FILE [SEQUENCE:HASH]");
            return 2;
        }
        try (BufferedReader export = Files.newBufferedReader(Path.of(arguments.getFirst()))) {
            Optional<AuditHead> known = arguments.stream().skip(1).map(Main::head).findFirst();
            return switch (AuditVerifier.verify(export, known)) {
                case AuditVerifier.Verdict.Intact intact -> {
                    out.printf(
                            "Intact: %d entries, head %d:%s%n",
                            intact.head().sequence(),
                            intact.head().sequence(),
                            intact.head().hash());
                    yield 0;
                }
                case AuditVerifier.Verdict.Broken broken -> {
                    err.printf("Broken at line %d: %s%n", broken.line(), broken.reason());
                    yield 1;
                }
            };
        } catch (IOException | IllegalArgumentException e) {
            err.println("Cannot check " + arguments.getFirst() + ": " + e.getMessage());
            return 2;
        }
    }

    private static AuditHead head(String text) {
        if (!text.matches("[0-9]{1,18}:[0-9a-f]{64}")) {
            throw new IllegalArgumentException("'%s' is not SEQUENCE:HASH".formatted(text));
        }
        int colon = text.indexOf(':');
        return new AuditHead(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
    }

    private static Throwable rootCause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
