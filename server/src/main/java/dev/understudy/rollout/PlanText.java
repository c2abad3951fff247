package dev.understudy.rollout;

import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.MaintenanceWindow;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Plan;
import dev.understudy.rollout.Deployment.State;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// What a person approves, word for word: which host gets exactly which versions in which wave, by
/// which terms, in which maintenance windows. The same rollout has the same text, and anybody can
/// take its SHA-256 (`sha256sum`). A freeze is not part of it: it only makes things come later.
record PlanText(String text) {
    String hash() {
        return Digests.sha256(text);
    }

    /// @param group the group of a host
    static PlanText of(
            Rollout rollout,
            List<Deployment> deployments,
            MaintenanceCalendar calendar,
            Function<HostId, String> group) {
        StringBuilder text = new StringBuilder("understudy plan 1\n");
        text.append("rollout ").append(rollout.id()).append('\n');
        text.append("terms ").append(terms(rollout)).append('\n');
        List<Deployment> members =
                deployments.stream()
                        .filter(Deployment::untouched)
                        .sorted(Comparator.comparing(Deployment::host))
                        .toList();
        TreeSet<String> groups = new TreeSet<>();
        members.forEach(d -> groups.add(group.apply(d.host())));
        calendar.windows().stream()
                .filter(window -> groups.contains(window.group()))
                .map(PlanText::line)
                .sorted()
                .forEach(text::append);
        Map<Plan, String> digests = new HashMap<>();
        TreeMap<String, Plan> plans = new TreeMap<>();
        members.forEach(
                d -> {
                    Plan plan = d.getPlan().plan();
                    plans.put(digests.computeIfAbsent(plan, Plan::digest), plan);
                });
        plans.forEach(
                (digest, plan) ->
                        plan.changes()
                                .forEach(
                                        change ->
                                                text.append("change ")
                                                        .append(digest)
                                                        .append(' ')
                                                        .append(change)
                                                        .append('\n')));
        members.forEach(d -> text.append(line(d, digests)));
        return new PlanText(text.toString());
    }

    /// What is as usual and was not spoken of when the first plans were approved is not spoken of
    /// now: a new version of the server leaves the text of a rollout as it was.
    private static String terms(Rollout rollout) {
        String json = Stored.json(rollout.terms());
        return rollout.terms().trials() == null ? json.replace(",\"trials\":null", "") : json;
    }

    private static String line(MaintenanceWindow window) {
        return "window %s %s from %s %s for %s every '%s' plus %d days\n"
                .formatted(
                        window.group(),
                        window.name(),
                        window.start(),
                        window.zone(),
                        window.duration(),
                        window.rule(),
                        window.shiftDays());
    }

    private static String line(Deployment d, Map<Plan, String> digests) {
        return "host %s wave %d change %s%s\n"
                .formatted(
                        d.host(),
                        d.wave(),
                        digests.get(d.getPlan().plan()),
                        d.state() instanceof State.Rehearsed(_, var accepted) && accepted != null
                                ? " unrehearsed, accepted by " + accepted.person()
                                : "");
    }

    /// What is not as in `before`, in a sentence.
    String differsFrom(String before) {
        List<String> was = before.lines().toList();
        List<String> is = text.lines().toList();
        return part("no longer: ", was, is) + part("now: ", is, was);
    }

    private static String part(String what, List<String> lines, List<String> without) {
        java.util.Set<String> known = new java.util.HashSet<>(without);
        List<String> only = lines.stream().filter(line -> !known.contains(line)).toList();
        if (only.isEmpty()) {
            return "";
        }
        String first = only.getFirst();
        String shown = first.length() <= 200 ? first : first.substring(0, 200) + " …";
        return "%s%s%s. "
                .formatted(
                        what,
                        shown,
                        only.size() == 1 ? "" : " and %d more".formatted(only.size() - 1));
    }
}
