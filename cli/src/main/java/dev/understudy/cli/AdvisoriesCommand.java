package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `advisories`: what is known of a CVE or an advisory, and who is exposed.
@Command(
        name = "advisories",
        description =
                "What is known of a CVE or an advisory, from which feed, and which hosts it concerns.",
        mixinStandardHelpOptions = true)
final class AdvisoriesCommand implements Callable<Integer> {
    private static final int WHAT_WAS_SAID = 10;

    @Mixin private final Connection connection = new Connection();

    @Parameters(paramLabel = "ID", description = "CVE-2024-3094, DSA-5649-1 …")
    private String id = "";

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json known = connection.api().get("/advisories/" + Api.escape(id));
        terminal.show(known, () -> show(terminal, known));
        return 0;
    }

    private void show(Terminal terminal, Json known) {
        for (Json cve : known.list("facts")) {
            terminal.line("%s", fact(cve));
        }
        List<Json> advisories = known.list("advisories");
        if (advisories.isEmpty()) {
            terminal.line("No feed that is loaded has an advisory of %s.", id);
        }
        for (Json advisory : advisories) {
            terminal.line("%s", heading(advisory));
        }
        List<Fix> fixes = fixes(advisories);
        if (!fixes.isEmpty()) {
            terminal.line("");
            terminal.table(
                    fixes,
                    "",
                    field("ADVISORY", Fix::advisory),
                    field("RELEASE", fix -> fix.said().text("release")),
                    field("PACKAGE", fix -> fix.said().text("source")),
                    field("SAYS", Fix::says));
        }
        terminal.line("");
        exposed(terminal, known);
    }

    /// `CVE-2021-44228: CVSS 10.0; known exploited, used by ransomware; EPSS 0.944 (2025-10-05); …`
    private static String fact(Json cve) {
        List<String> parts = new ArrayList<>();
        if (!cve.text("cvss").isEmpty()) {
            parts.add("CVSS " + cve.text("cvss"));
        }
        parts.add(
                switch (cve.text("exploited")) {
                    case "YES" -> "known exploited";
                    case "NO" -> "not known exploited";
                    default -> "whether it is exploited is unknown";
                });
        if (cve.text("ransomware").equals("YES")) {
            parts.add("used by ransomware");
        }
        if (cve.at("epss").present()) {
            parts.add(
                    "EPSS %.3f (%s)"
                            .formatted(
                                    probability(cve.text("epss.probability")),
                                    cve.instant("epss.date")
                                            .map(date -> date.toString().substring(0, 10))
                                            .orElse("no date")));
        }
        if (!cve.text("exploitation").isEmpty()) {
            parts.add("SSVC exploitation " + Words.code(cve.text("exploitation")));
        }
        parts.add("automatable: " + Words.ternary(cve.text("automatable")));
        parts.add("total impact: " + Words.ternary(cve.text("totalImpact")));
        return cve.text("cve") + ": " + String.join("; ", parts);
    }

    private static double probability(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new Failure(
                    Failure.UNREACHABLE,
                    "The answer's EPSS is '%s', not a number. Is it the control plane?"
                            .formatted(text));
        }
    }

    /// `DSA-5649-1 (dsa), of 29 Mar 2024 …: a summary`, and what came after it.
    private static String heading(Json advisory) {
        StringBuilder line = new StringBuilder();
        line.append("%s (%s)".formatted(advisory.text("id"), advisory.text("feed")));
        advisory.instant("published").ifPresent(at -> line.append(", of " + Terminal.time(at)));
        if (!advisory.text("severity").isEmpty()) {
            line.append(", " + advisory.text("severity").toLowerCase(Locale.ROOT));
        }
        advisory.instant("withdrawn")
                .ifPresent(at -> line.append(", WITHDRAWN " + Terminal.time(at)));
        if (!advisory.text("summary").isEmpty()) {
            line.append(": " + advisory.text("summary"));
        }
        List<String> after = advisory.texts("followedBy");
        if (!after.isEmpty()) {
            line.append(" (followed by " + String.join(", ", after) + ")");
        }
        return line.toString();
    }

    /// What an advisory says of one package in one release.
    private record Fix(String advisory, Json said) {
        String says() {
            String state = Words.code(said.text("state"));
            String fixed = said.text("fixed");
            return fixed.isEmpty() ? state : "fixed in " + fixed;
        }
    }

    private static List<Fix> fixes(List<Json> advisories) {
        List<Fix> all = new ArrayList<>();
        for (Json advisory : advisories) {
            for (Json said : advisory.list("fixes")) {
                all.add(new Fix(advisory.text("id"), said));
            }
        }
        return all;
    }

    private void exposed(Terminal terminal, Json known) {
        List<Json> hosts = known.list("exposed");
        terminal.table(
                hosts.subList(0, Math.min(WHAT_WAS_SAID, hosts.size())),
                "No host is exposed to it, as far as is known.",
                field("EXPOSED", row -> row.text("name")),
                field("CVE", row -> row.text("cve")),
                field("PACKAGE", row -> row.text("source")),
                field("PATCH", row -> row.text("patch").isEmpty() ? "none" : row.text("patch")));
        if (hosts.size() > WHAT_WAS_SAID) {
            terminal.line("… all of them: understudy exposed CVE");
        }
    }
}
